internal import EnvironmentKit
internal import RunRecords

/// Refuses an option whose Python packages are missing.
///
/// - Parameters:
///   - packages: Their names, by which they are imported and installed.
///   - option: What asks for them, as it is typed.
/// - Throws: `RecordError` of kind `usage` that says how to install the first one that is missing.
func requirePython(_ packages: [String], for option: String) throws {
  // A module that every Python has tells a Python without packages from none.
  let found = pythonModuleLocations(["json"] + packages)
  guard found["json"] != nil else {
    throw RecordError(
      .usage,
      "\(option): '\(defaultPython)' is no Python that runs; install Python, or name one by FLEDGE_PYTHON"
    )
  }
  guard let missing = packages.first(where: { found[$0] == nil }) else { return }
  throw RecordError(
    .usage, "\(option): \(defaultPython) has no \(missing); \(installation(of: missing))")
}

/// How a package is installed for the interpreter that is used.
func installation(of package: String) -> String { "\(defaultPython) -m pip install \(package)" }

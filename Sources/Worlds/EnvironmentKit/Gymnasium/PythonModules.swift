internal import Foundation
internal import Processes

/// The folder of the Python modules that come with this program, in the package that it was built in; nil elsewhere.
let pythonModules: String? = {
  let modules = { (directory: URL) in directory.appendingPathComponent("Environments/Python") }
  let package = directoryAroundProgram { directory in
    let tasks = modules(directory).appendingPathComponent("fledge_tasks/__init__.py")
    return FileManager.default.fileExists(atPath: tasks.path)
  }
  return package.map { modules($0).path }
}()

/// Where Python modules are, for the interpreter that environments of Gymnasium use by default.
///
/// - Parameter modules: Their names.
/// - Returns: Their files by name, without those that are missing; none without Python.
public func pythonModuleLocations(_ modules: [String]) -> [String: String] {
  let script = """
    import importlib.util, sys
    for line in sys.stdin:
        found = importlib.util.find_spec(line.split()[1])
        # A mere folder of that name has no origin.
        print("ok", (found and found.origin) or "", flush=True)
    """
  let python = GymnasiumParameters().interpreter
  let worker = try? WorkerProcess(python: python, script: script, timeout: 10)
  var locations: [String: String] = [:]
  for module in modules {
    if let path = try? worker?.ask("where", module), !path.isEmpty { locations[module] = path }
  }
  return locations
}

internal import Differentiation

/// The version of the program.
public let fledgeVersion = "0.2.0"

/// Versions of the program and of what it was built with, by name, as `run.json` records them.
public func versions() -> [String: String] {
  let numerics = numericsDescription()
  return [
    "fledge": fledgeVersion, "swift": swiftVersion, "linearAlgebra": numerics.linearAlgebra,
    "vectorUnits": numerics.vectorUnits,
  ]
}

/// The compiler's version, as far as source code can tell.
private var swiftVersion: String {
  #if compiler(>=6.5)
    "6.5 or later"
  #elseif compiler(>=6.4)
    "6.4"
  #elseif compiler(>=6.3)
    "6.3"
  #else
    "6.2"
  #endif
}

internal import Foundation

/// The folder of the Python modules that come with this program, in the package that it was built in; nil elsewhere.
let pythonModules: String? = {
  var directory = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
  while directory.path != "/" {
    directory.deleteLastPathComponent()
    let modules = directory.appendingPathComponent("Environments/Python")
    let tasks = modules.appendingPathComponent("fledge_tasks/__init__.py")
    if FileManager.default.fileExists(atPath: tasks.path) { return modules.path }
  }
  return nil
}()

/// Where a Python module is, for the interpreter that environments of Gymnasium use by default.
///
/// - Parameter module: Its name.
/// - Returns: Its file; nil without Python or the module.
public func pythonModuleLocation(_ module: String) -> String? {
  let script = """
    import importlib.util
    print("ok", importlib.util.find_spec(input().split()[1]).origin, flush=True)
    """
  let python = GymnasiumParameters().interpreter
  let worker = try? WorkerProcess(python: python, script: script, timeout: 10)
  return try? worker?.ask("where", module)
}

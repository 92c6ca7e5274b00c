/// Where Gymnasium is, for the interpreter that its environments use by default.
///
/// - Returns: The package's file; nil without Python or Gymnasium.
public func gymnasiumLocation() -> String? {
  let script = """
    import importlib.util
    input()
    print("ok", importlib.util.find_spec("gymnasium").origin, flush=True)
    """
  let python = GymnasiumParameters().interpreter
  let worker = try? WorkerProcess(python: python, script: script, timeout: 10)
  return try? worker?.ask("where", "")
}

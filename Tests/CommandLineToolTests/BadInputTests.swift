import Foundation
import Testing

/// What a user can get wrong: one line that says so, and the documented exit code.
@Suite struct BadInputTests {
  @Test(
    "Wrong usage is one line and exit code 64",
    arguments: [
      ("train nav2d-fin", "did you mean nav2d-finn?"),
      ("train somewhere/none.yaml", "somewhere/none.yaml: no such configuration file"),
      ("train", "see 'fledge train --help'"),
      ("walk", "see 'fledge --help'"),
      ("train tiny.yaml --sed 3", "--sed"),
      ("train tiny.yaml --set inner.stepsize=1", "did you mean inner.stepSize?"),
      ("train tiny.yaml --set inner.steps=many", "inner.steps is \"many\", expected an integer"),
      ("train tiny.yaml --set inner.steps=-1", "inner.steps is \"-1\", expected an integer"),
      ("train tiny.yaml --set inner.steps", "expected KEY=VALUE"),
      ("train tiny.yaml --set inner.steps=3", "outer.stepWeights has 2 items"),
      ("train tiny.yaml --set outer.stepWeights=[0,0]", "outer.stepWeights are all 0"),
      (
        "train tiny.yaml --set outer.method=ppo",
        "expected one of trpo, adam, promp, reptile, imaml"
      ),
      ("train nav2d-rl2 --set outer.trialEpisodes=0", "outer.trialEpisodes is \"0\", expected an"),
      ("train nav2d-rl2 --set policy.valueHead=false", "policy.valueHead is false, expected true"),
      ("train nav2d-rl2 --method pretrained", "--method pretrained: it says how gradient steps"),
      ("train nav2d-varibad --set policy.network=gru", "policy.network is gru, expected belief"),
      (
        "train nav2d-varibad --set policy.parameters.latentSize=0",
        "policy.parameters.latentSize is \"0\", expected an integer in 1...1024"
      ),
      (
        "train nav2d-varibad --set outer.posteriors=9000 --set outer.decodedSteps=100000",
        "outer.decodedSteps is 100000: what beliefs predict would take"
      ),
      ("train sinusoid-maml --method varibad", "outer.method is varibad, which needs a policy"),
      ("train nav2d-pearl --set policy.network=gru", "policy.network is gru, expected latent"),
      (
        "train nav2d-pearl --set policy.distribution=gaussian",
        "policy.distribution is gaussian, expected squashedGaussian"
      ),
      (
        "train nav2d-pearl --set outer.replaySteps=1000000000",
        "outer.replaySteps is 1000000000: the replay of 100 tasks would take"
      ),
      (
        "train nav2d-pearl --set environment.trainingTasks=null",
        "environment.trainingTasks is null, expected how many, such as 100"
      ),
      ("train nav2d-finn --set policy.distribution=normal", "expected one of gaussian, squashed"),
      ("train sinusoid-maml --method pearl", "outer.method is pearl, which needs a policy"),
      ("train sinusoid-maml --method rl2", "outer.method is rl2, which needs a policy"),
      ("train tiny.yaml --set run.name=../up", "run.name is not a name"),
      ("train tiny.yaml --seed=-1", "--seed -1: run.seed is \"-1\""),
      ("train tiny.yaml --iterations 10000001", "--iterations 10000001: outer.iterations is"),
      ("train tiny.yaml --threads 5000", "run.threads is \"5000\""),
      ("train tiny.yaml --set environment.name=point", "environment.name: unknown environment"),
      (
        "train tiny.yaml --set environment.parameters.horizn=5",
        "environment.parameters.horizn: unknown parameter 'horizn'; did you mean 'horizon'?"
      ),
      ("train tiny.yaml --set environment.parameters.goalRange=-1", "goalRange"),
      ("train tiny.yaml --set environment.parameters.horizon=yes", "horizon"),
      (
        "train sinusoid-maml --set inner.episodes=10000 --set inner.steps=100 --set model.hiddenSizes=4096",
        "inner.episodes is 10000: the examples of "
      ),
      (
        "train tiny.yaml --set inner.episodes=10000 --set environment.parameters.horizon=1000000",
        "inner.episodes is 10000: a task's episodes would take"
      ),
      (
        "train tiny.yaml --set outer.tasks=10000 --set policy.hiddenSizes=[4096,4096,4096]",
        "outer.tasks is 10000: a gradient of each task would take"
      ),
      (
        "train nav2d-finn --set outer.tasks=10000 --set outer.method=trpo --set outer.stepWeights=[] --set inner.episodes=2000",
        "outer.tasks is 10000: the episodes of all tasks would take"
      ),
      ("evaluate", "see 'fledge evaluate --help'"),
      ("evaluate runs/tiny-1 --split tst", "did you mean test?"),
      ("evaluate runs/tiny-1 --per-episode --steps 0", "--steps is 0"),
      ("presets show nav3d", "unknown preset 'nav3d'"),
      ("environments describe point-navigaton", "did you mean 'point-navigation'?"),
      ("environments describe hopper --set environment.parameters.task=fly", "task"),
      ("environments describe hopper --set horizon=3", "horizon"),
      ("environments describe hopper --picture a.jpg", "--picture a.jpg: expected a name in .png"),
      ("environments describe hopper --picture a.png --task {}", "{}"),
      ("environments describe hopper --task {}", "--task {}: expected with --picture"),
      ("environments bench point-navigation --steps 0", "--steps is 0"),
      ("bench iteration tiny.yaml --iterations 0", "--iterations is 0"),
    ])
  func usage(line: String, part: String) throws {
    let sandbox = try Sandbox()
    try expect(line, in: sandbox, code: 64, part)
  }

  @Test("A mistake in a file names the file, the line and what is right")
  func file() throws {
    let sandbox = try Sandbox()
    let text = try sandbox.text("tiny.yaml").replacing("  steps: 2", with: "  steps: 2.5")
    try text.write(toFile: sandbox.path + "/wrong.yaml", atomically: true, encoding: .utf8)
    try expect("train wrong.yaml", in: sandbox, code: 64, "wrong.yaml:8: inner.steps is \"2.5\"")
  }

  @Test("A run that exists is refused with 64, and stays as it was")
  func existingRun() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--iterations", "1").code == 0)
    let before = try sandbox.bytes("runs/tiny-1/metrics.jsonl")
    try expect("train tiny.yaml", in: sandbox, code: 64, "--resume")
    try expect("train runs/tiny-1", in: sandbox, code: 64, "runs/tiny-1/config.yaml")
    #expect(try sandbox.bytes("runs/tiny-1/metrics.jsonl") == before)
  }

  @Test("An unwritable run directory is an I/O failure, 74")
  func unwritable() throws {
    let sandbox = try Sandbox()
    try expect("train tiny.yaml --run tiny.yaml/run", in: sandbox, code: 74, "tiny.yaml")
    try expect(
      "environments describe hopper --picture no/where.png", in: sandbox, code: 74, "no/where.png")
    let full = try Running(["presets"], in: sandbox.path, outputTo: "/dev/full")
    full.process.waitUntilExit()
    #expect(full.process.terminationStatus == 74)
  }

  @Test("Missing and damaged data are exit code 65")
  func unreadable() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--iterations", "4").code == 0)
    try expect("evaluate nowhere", in: sandbox, code: 65, "nowhere: no such run directory")
    try expect("evaluate .", in: sandbox, code: 65, "is not a run directory")
    try expect("evaluate runs/tiny-1 --checkpoint 3", in: sandbox, code: 65, "there are 0, 2, 4")
    let newest = "runs/tiny-1/checkpoints/000004.safetensors"
    try sandbox.truncate(newest)
    try expect("evaluate runs/tiny-1 --checkpoint 4", in: sandbox, code: 65, "truncated")

    let earlier = try sandbox.fledge("evaluate", "runs/tiny-1", "--tasks", "2")
    #expect(earlier.code == 0)
    #expect(earlier.errors.contains("using the checkpoint of iteration 2 instead"))

    for iteration in ["000000", "000002"] {
      try sandbox.truncate("runs/tiny-1/checkpoints/\(iteration).safetensors")
    }
    try expect("evaluate runs/tiny-1", in: sandbox, code: 65, "no earlier checkpoint is sound")
  }

  @Test("A checkpoint of another policy is exit code 65")
  func anotherPolicy() throws {
    let sandbox = try Sandbox()
    for width in ["8", "9"] {
      let change = "policy.hiddenSizes=[\(width)]"
      let arguments = ["--run", "r\(width)", "--set", change, "--iterations", "1", "--quiet"]
      let run = try sandbox.start(["train", "tiny.yaml"] + arguments)
      run.process.waitUntilExit()
      #expect(run.process.terminationStatus == 0)
    }
    let checkpoint = "checkpoints/000001.safetensors"
    try sandbox.bytes("r9/\(checkpoint)").write(
      to: URL(fileURLWithPath: "\(sandbox.path)/r8/\(checkpoint)"))
    try expect("evaluate r8", in: sandbox, code: 65, "policy/layers.0.weight")
  }

  private func expect(
    _ line: String, in sandbox: Sandbox, code: Int32, _ part: String
  ) throws {
    let run = try sandbox.start(words(line))
    run.process.waitUntilExit()
    let result = try run.finished()
    #expect(result.code == code, "\(line): \(result.errors)")
    #expect(result.output.isEmpty)
    #expect(result.errorLines.count == 1, "\(line): \(result.errors)")
    #expect(result.errors.contains(part), "\(line): \(result.errors)")
  }
}

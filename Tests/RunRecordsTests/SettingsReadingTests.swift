import Mutation
import RunRecords
import Settings
import Testing

@Suite("Reading a configuration")
struct SettingsReadingTests {
  private func read(_ yaml: String, _ overrides: [String] = []) throws -> ExampleSettings {
    try ExampleSettings(yaml: yaml, source: "config.yaml", overrides: overrides)
  }

  private func message(_ yaml: String, _ overrides: [String] = []) -> String? {
    failure { _ = try read(yaml, overrides) }.map {
      $0.exitCode == 64 ? $0.message : "exit \($0.exitCode)"
    }
  }

  @Test("What a configuration leaves out keeps its default")
  func defaults() throws {
    var expected = ExampleSettings()
    expected.inner.steps = 3
    #expect(try read("inner:\n  steps: 3\n") == expected)
  }

  @Test("Every kind of value is read")
  func values() throws {
    let yaml = """
      name: 5
      note: null
      inner: {steps: 1e1, stepSize: 2, estimator: likelihoodRatio, firstOrder: true}
      layers: [32, 1000.0]
      weights: []
      environment:
        parameters: {radius: 0.5, size: 3, sparse: true, task: "true", goals: [[1, 2], [a b]]}
      limit: 1e-3
      count: 0
      """
    let settings = try read(yaml)
    #expect(settings.name == "5")
    #expect(settings.inner.steps == 10)
    #expect(settings.inner.stepSize == 2)
    #expect(settings.inner.estimator == .likelihoodRatio)
    #expect(settings.inner.firstOrder)
    #expect(settings.layers == [32, 1000])
    #expect(settings.weights.isEmpty)
    #expect(settings.limit == 1e-3)
    #expect(settings.count == 0)
    #expect(
      settings.environment.parameters == [
        "radius": .number(0.5), "size": .integer(3), "sparse": .boolean(true),
        "task": .string("true"),
        "goals": .array([.array([.integer(1), .integer(2)]), .array([.string("a b")])]),
      ])
  }

  @Test(
    "A mistake is named with file, line, key, value and what is allowed",
    arguments: [
      (
        "name: a\ninner:\n  stepSize: fast\n",
        "config.yaml:3: inner.stepSize is \"fast\", expected a number in 0.0...100.0"
      ),
      (
        "inner:\n  stepsize: 1\n",
        "config.yaml:2: unknown key inner.stepsize; did you mean inner.stepSize?"
      ),
      ("stepSize: 1\n", "config.yaml:1: unknown key stepSize; did you mean inner.stepSize?"),
      (
        "inner: {steps: 1.5}\n",
        "config.yaml:1: inner.steps is \"1.5\", expected an integer in 1...100"
      ),
      (
        "inner: {steps: 101}",
        "config.yaml:1: inner.steps is \"101\", expected an integer in 1...100"
      ),
      (
        "inner: {stepSize: .nan}",
        "config.yaml:1: inner.stepSize is \".nan\", expected a number in 0.0...100.0"
      ),
      (
        "inner: {stepSize: \"1\"}",
        "config.yaml:1: inner.stepSize is the text \"1\", expected a number in 0.0...100.0"
      ),
      (
        "inner: {firstOrder: yes}",
        "config.yaml:1: inner.firstOrder is \"yes\", expected true or false"
      ),
      (
        "inner: {estimator: loglikelihod}",
        "config.yaml:1: inner.estimator is \"loglikelihod\", expected one of logLikelihood, "
          + "likelihoodRatio; did you mean logLikelihood?"
      ),
      (
        "inner:\n",
        "config.yaml:1: inner is empty, expected a mapping with keys among steps, "
          + "stepSize, estimator, firstOrder"
      ),
      (
        "limit: 0",
        "config.yaml:1: limit is \"0\", expected a number above 0.0 and at most 1e+300, "
          + "or null"
      ),
      ("count: -1", "config.yaml:1: count is \"-1\", expected an integer of at least 0, or null"),
      ("name: a\nname: b\n", "config.yaml:1: the key \"name\" stands twice in one section"),
      ("name: a\n\"name\": b\n", "config.yaml:1: the key \"name\" stands twice in one section"),
      ("name: [\n", "config.yaml:2: is not valid YAML: did not find expected node content"),
      ("", "config.yaml: is empty, expected a configuration"),
      (
        "name: &a b\nnote: *a\n",
        "config.yaml:1: anchors (&name) and aliases (*name) are not read; "
          + "write the values out"
      ),
      (
        "layers: []\ninner: {steps: 2}\n",
        "config.yaml:1: layers is empty, expected one layer with inner.steps above 1"
      ),
      (
        "inner:\n  steps: 60\n  stepSize: 11\n",
        "config.yaml:3: inner.stepSize is too large for 50 steps"
      ),
      (
        "environment:\n  parameters:\n    a: .inf\n",
        "config.yaml:3: environment.parameters.a is "
          + "\".inf\", expected a finite number, true or false, a text, or a list of these"
      ),
    ])
  func mistakes(yaml: String, expected: String) { #expect(message(yaml) == expected) }

  @Test("--set changes values by the same paths and under the same rules")
  func overrides() throws {
    let arguments = [
      "inner.stepSize=0.05", "layers=[7]", "environment.parameters.task=velocity", "note=",
    ]
    let settings = try read("name: x\nnote: y\nenvironment: {parameters: {a: 1}}", arguments)
    #expect(settings.inner.stepSize == 0.05)
    #expect(settings.layers == [7])
    #expect(settings.note == nil)
    #expect(settings.environment.parameters == ["a": .integer(1), "task": .string("velocity")])
    #expect(
      message("name: x", ["inner.steps=many"])
        == "--set inner.steps=many: inner.steps is \"many\", expected an integer in 1...100")
    #expect(
      message("name: x", ["iner.steps=2"])
        == "--set iner.steps=2: unknown key iner; did you mean inner?")
    #expect(
      message("name: x", ["steps"])
        == "--set steps: expected KEY=VALUE, such as inner.stepSize=0.05")
  }

  @Test("A file that is missing, too large, or no text is refused in one line")
  func files() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.yaml"
      #expect(failure { _ = try ExampleSettings(file: path) }?.exitCode == 64)
      try write([UInt8](repeating: 35, count: (1 << 20) + 1), to: path)
      #expect(failure { _ = try ExampleSettings(file: path) }?.exitCode == 64)
      try write([0xFF, 0xFE, 0x00], to: path)
      #expect(failure { _ = try ExampleSettings(file: path) }?.exitCode == 64)
      #expect(failure { _ = try ExampleSettings(file: directory) }?.exitCode == 64)
    }
  }

  @Test("Aliases that would multiply are refused before they do", .timeLimit(.minutes(1)))
  func bombs() throws {
    var yaml = "a0: &a0 [x, x]\n"
    for level in 1..<40 { yaml += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    #expect(message(yaml) != nil)
    #expect(message(yaml + "? *a39\n: 1\n") != nil)
    #expect(message(String(repeating: "[", count: 100_000)) != nil)
    #expect(message(String(repeating: "{a: ", count: 900)) != nil)
    #expect(message((0..<100).map { String(repeating: " ", count: $0) + "a:\n" }.joined()) != nil)
  }

  @Test(
    "Mutated configurations are read or refused, never more",
    .timeLimit(.minutes(Mutations.minutes(2))))
  func mutations() throws {
    var random = Mutations(seed: 1)
    let original = Array(ExampleSettings().yaml(heading: "mutations").utf8)
    let pieces = [
      ":", "- ", "[", "]", "{", "}", "&a ", "*a", "? ", "|\n", ">\n", "\"", "'", "#", "\t", "%",
      "!!", "---\n", "...\n", "1e999", "\u{0}", "\u{2028}", "\"\\ud800\"", "99999999999999999999",
    ]
    for _ in 0..<Mutations.count(5000) {
      let bytes = random.mutated(original, pieces: pieces)
      let yaml = String(decoding: bytes, as: UTF8.self)
      if let error = failure(of: { _ = try read(yaml) }) {
        #expect(error.exitCode == 64)
        #expect(!error.message.contains("\n"))
      }
    }
  }
}

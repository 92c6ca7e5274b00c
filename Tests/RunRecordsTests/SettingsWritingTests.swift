import Mutation
import RunRecords
import Settings
import Testing

@Suite("Writing a configuration")
struct SettingsWritingTests {
  @Test("A configuration is complete and says what each key means")
  func text() {
    let expected = """
      # An example
      name: example  # name of the run; a text
      note: null  # a remark; a text, or null
      inner:  # inner adaptation
        steps: 1  # gradient steps per task; an integer in 1...100
        stepSize: 0.1  # step size; a number in 0.0...100.0
        estimator: logLikelihood  # form of the surrogate; one of logLikelihood, likelihoodRatio
        firstOrder: false  # drop second derivatives; true or false
      """
    #expect(ExampleSettings().yaml(heading: "An example").hasPrefix(expected))
  }

  @Test("What is written reads back to the same bits")
  func roundTrip() throws {
    var random = Mutations(seed: 2)
    for _ in 0..<500 {
      var settings = ExampleSettings()
      settings.weights = (0..<5).map { _ in Double.random(in: 0...1, using: &random) }
      settings.limit = Double(bitPattern: UInt64.random(in: 1..<0x7E00 << 48, using: &random))
      settings.inner.stepSize = Double.random(in: 0...1e-300, using: &random)
      settings.count = Int.random(in: 0...Int.max, using: &random)
      settings.environment.parameters["x"] = .number(
        Double.random(in: -1e20...1e20, using: &random))
      let yaml = settings.yaml()
      #expect(try ExampleSettings(yaml: yaml, source: "a") == settings)
    }
  }

  @Test(
    "Texts read back whatever they hold",
    arguments: [
      "", "true", "null", "~", "1", "1e3", "a b", " a", "a: b", "# a", "- a", "é\u{301}", "日本",
      "\u{0}\u{1}\u{7F}\u{85}\u{2028}\u{FEFF}\u{FFFE}", "😀", "a\nb\r\n\tc", "\"'\\", "*a", "&a",
      ".inf", "NO",
    ])
  func texts(text: String) throws {
    var settings = ExampleSettings()
    settings.name = text
    settings.environment.parameters = [
      text: .string(text), "list": .array([.string(text), .boolean(true)]),
    ]
    let again = try ExampleSettings(yaml: settings.yaml(), source: "a")
    #expect(Array(again.name.unicodeScalars) == Array(text.unicodeScalars))
    #expect(again == settings)
  }

  @Test("The documentation has a row for every key")
  func documentation() {
    let rows = ExampleSettings.documentation.split(separator: "\n")
    #expect(rows.count == 14)
    #expect(
      rows.contains("| `inner.steps` | `1` | an integer in 1...100 | gradient steps per task |"))
  }
}

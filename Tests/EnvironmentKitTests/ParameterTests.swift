import EnvironmentKit
import Testing

@Suite struct ParameterTests {
  private let definition = EnvironmentDefinition(LineWorld.self)

  private func error(_ parameters: [String: ParameterValue]) -> EnvironmentError? {
    do {
      _ = try definition.make(parameters: parameters)
      return nil
    } catch {
      return error
    }
  }

  @Test func `parameters left out keep their defaults`() throws {
    let made = try definition.make(parameters: ["stepSize": 0.1, "noise": ["start": 0.25]])
    #expect(
      made.parameters == [
        "stepSize": 0.1, "horizon": 10, "reflecting": false, "weights": [1, 2],
        "noise": ["start": 0.25, "kind": "uniform"],
      ])
  }

  @Test func `resolved parameters make the same environment`() throws {
    let made = try definition.make(parameters: ["horizon": 20])
    let again = try definition.make(parameters: made.parameters)
    #expect(again.parameters == made.parameters)
    #expect(again.specification == made.specification)
  }

  @Test func `an unknown key is named with its nearest neighbour`() {
    let error = error(["stepsize": 0.1])
    #expect(error?.key == "stepsize")
    #expect(
      error?.description
        == "environment 'line-world': unknown parameter 'stepsize'; did you mean 'stepSize'?")
  }

  @Test func `an unknown nested key is named by its path`() {
    #expect(error(["noise": ["stat": 1]])?.key == "noise.stat")
  }

  @Test func `an unknown key far from all names the known ones`() {
    #expect(error(["banana": 1])?.message.contains("known are horizon, noise") == true)
  }

  @Test func `a wrong type is named with what would be right`() {
    #expect(
      error(["horizon": "long"])?.message
        == "'horizon' is 'long', a text; it must be a whole number")
    #expect(
      error(["stepSize": true])?.message == "'stepSize' is true, a boolean; it must be a number")
    #expect(error(["horizon": 1.5])?.key == "horizon")
    #expect(
      error(["noise": ["start": "no"]])?.message
        == "'noise.start' is 'no', a text; it must be a number")
    #expect(error(["noise": 3])?.key == "noise")
    #expect(error(["stepSize": 1e60])?.key == "stepSize")
    #expect(error(["stepSize": .number(.infinity)])?.key == "stepSize")
  }

  @Test func `a value out of range is refused by the environment`() {
    #expect(error(["stepSize": -1])?.key == "stepSize")
    #expect(error(["horizon": 0])?.key == "horizon")
  }

  @Test func `errors are one line`() {
    for parameters: [String: ParameterValue] in [
      ["a": 1], ["horizon": "x"], ["horizon": 1.5], ["noise": []], ["weights": ["a"]],
    ] {
      #expect(error(parameters)?.description.contains("\n") == false)
    }
  }
}

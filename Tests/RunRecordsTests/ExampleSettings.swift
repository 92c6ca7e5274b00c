import RunRecords
import Settings

/// A configuration with every kind of field.
struct ExampleSettings: Settings, Equatable {
  var name = "example"
  var note: String?
  var inner = InnerSettings()
  var layers = [100, 100]
  var weights = [0.1, 1.0 / 3.0]
  var environment = EnvironmentSettings()
  var limit: Double?
  var count: Int?

  static var fields: [Field<Self>] {
    [
      .text("name", \.name, "name of the run"),
      .optionalText("note", \.note, "a remark"),
      .section("inner", \.inner, "inner adaptation"),
      .integers("layers", \.layers, in: 1...10_000, counts: 0...8, "units of each hidden layer"),
      .numbers("weights", \.weights, in: 0...1, "weight of each step's loss"),
      .section("environment", \.environment, "what the policy acts in"),
      .optionalNumber("limit", \.limit, in: Double.leastNonzeroMagnitude...1e300, "limit in s"),
      .optionalInteger("count", \.count, in: 0...Int.max, "how many"),
    ]
  }

  func violation() -> ConstraintViolation? {
    guard !layers.isEmpty || inner.steps == 1 else {
      return ConstraintViolation("layers", "is empty, expected one layer with inner.steps above 1")
    }
    return nil
  }
}

struct InnerSettings: Settings, Equatable {
  enum Estimator: String, CaseIterable { case logLikelihood, likelihoodRatio }

  var steps = 1
  var stepSize = 0.1
  var estimator = Estimator.logLikelihood
  var firstOrder = false

  static var fields: [Field<Self>] {
    [
      .integer("steps", \.steps, in: 1...100, "gradient steps per task"),
      .number("stepSize", \.stepSize, in: 0...100, "step size"),
      .choice("estimator", \.estimator, "form of the surrogate"),
      .flag("firstOrder", \.firstOrder, "drop second derivatives"),
    ]
  }

  func violation() -> ConstraintViolation? {
    steps > 50 && stepSize > 10 ? ConstraintViolation("stepSize", "is too large for 50 steps") : nil
  }
}

struct EnvironmentSettings: Settings, Equatable {
  var name = "point-navigation"
  var parameters: [String: ParameterValue] = [:]

  static var fields: [Field<Self>] {
    [
      .text("name", \.name, "registered name"),
      .parameters("parameters", \.parameters, "the environment's own"),
    ]
  }
}

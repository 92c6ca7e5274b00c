import EnvironmentKit
import FewShot
import Testing

@Suite struct ParameterTests {
  private static let outOfRange: [(ExampleSourceDefinition, String, ParameterValue)] = [
    (ExampleSourceDefinition(Sinusoid.self), "minimumAmplitude", -1),
    (ExampleSourceDefinition(Sinusoid.self), "maximumAmplitude", 0.05),
    (ExampleSourceDefinition(Sinusoid.self), "shiftedAmplitude", 5),
    (ExampleSourceDefinition(Sinusoid.self), "maximumPhase", 7),
    (ExampleSourceDefinition(Sinusoid.self), "inputRange", 0),
    (ExampleSourceDefinition(Sinusoid.self), "queryExamples", 0),
    (ExampleSourceDefinition(LinearRegression.self), "dimension", 0),
    (ExampleSourceDefinition(LinearRegression.self), "weightMean", 1e9),
    (ExampleSourceDefinition(LinearRegression.self), "shiftedMean", 2),
    (ExampleSourceDefinition(LinearRegression.self), "weightDeviation", -1),
    (ExampleSourceDefinition(LinearRegression.self), "noiseDeviation", -1),
    (ExampleSourceDefinition(LinearRegression.self), "queryExamples", 0),
    (ExampleSourceDefinition(PolynomialRegression.self), "degree", -1),
    (ExampleSourceDefinition(PolynomialRegression.self), "coefficientRange", 0),
    (ExampleSourceDefinition(PolynomialRegression.self), "shiftedRange", 1),
    (ExampleSourceDefinition(PolynomialRegression.self), "queryExamples", 0),
    (ExampleSourceDefinition(RotatingBoundary.self), "minimumShiftedOffset", 0.6),
    (ExampleSourceDefinition(RotatingBoundary.self), "maximumShiftedOffset", 0.9),
    (ExampleSourceDefinition(RotatingBoundary.self), "queryExamples", 0),
    (ExampleSourceDefinition(RotatingBoundary.self), "inputShift", -1),
    (ExampleSourceDefinition(RotatingBoundary.self), "trainAngles", 7),
    (ExampleSourceDefinition(RotatingBoundary.self), "testAngles", -0.1),
    (ExampleSourceDefinition(Quadratic.self), "curvatures", [1, 0, 2]),
    (ExampleSourceDefinition(Quadratic.self), "optima", [1, 2]),
    (ExampleSourceDefinition(Quadratic.self), "shift", 1e9),
    (ExampleSourceDefinition(GaussianMean.self), "priorMean", 1e9),
    (ExampleSourceDefinition(GaussianMean.self), "shiftedMean", 1.5),
    (ExampleSourceDefinition(GaussianMean.self), "priorDeviation", 0),
    (ExampleSourceDefinition(GaussianMean.self), "deviation", 0),
    (ExampleSourceDefinition(GaussianMean.self), "queryExamples", 0),
    (ExampleSourceDefinition(LogisticClassification.self), "dimension", 0),
    (ExampleSourceDefinition(LogisticClassification.self), "weightMean", 1e9),
    (ExampleSourceDefinition(LogisticClassification.self), "shiftedMean", 1),
    (ExampleSourceDefinition(LogisticClassification.self), "weightDeviation", 0),
    (ExampleSourceDefinition(LogisticClassification.self), "biasDeviation", -1),
    (ExampleSourceDefinition(LogisticClassification.self), "queryExamples", 0),
    (ExampleSourceDefinition(ImageClassification.self), "ways", 1),
    (ExampleSourceDefinition(ImageClassification.self), "side", 3),
    (ExampleSourceDefinition(ImageClassification.self), "queryExamples", 0),
    (ExampleSourceDefinition(ImageClassification.self), "validationShare", 0.6),
  ]

  @Test(arguments: outOfRange.indices)
  func `parameters out of range are refused by name`(index: Int) {
    let (definition, key, value) = Self.outOfRange[index]
    let error = #expect(throws: EnvironmentError.self) {
      try definition.make(parameters: [key: value])
    }
    #expect(error?.key == key)
    #expect(error?.environment == definition.name)
    #expect(error?.message.contains("must") == true)
  }

  @Test func `sources are made by name, with all parameters filled in`() throws {
    var registry = EnvironmentRegistry()
    try registry.register(ExampleSourceDefinition(Sinusoid.self))
    let definition = try #require(registry.exampleSource(named: "sinusoid"))
    let source = try definition.make(parameters: ["queryExamples": 3])
    #expect(source.parameters.count == 6)
    #expect(source.shotLimit == Int.max)
    let tasks = try source.sampleTasks(split: .test, count: 2, seed: 1)
    #expect(tasks[0] != tasks[1])
    #expect(tasks[0].json.hasPrefix(#"{"amplitude":"#))
  }
}

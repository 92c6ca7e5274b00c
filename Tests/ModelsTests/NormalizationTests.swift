import Derivatives
import Differentiation
import EnvironmentKit
import Models
import Randomness
import Settings
import Testing

/// Where normalization takes its statistics from.
@Suite struct NormalizationTests {
  private struct Subject {
    let model: Model
    let parameters: Tensor<Float>

    init(_ normalization: Normalization) throws {
      var settings = ModelSettings()
      settings.hiddenSizes = [6]
      settings.normalization = normalization
      model = try Model(
        for: ExampleSpecification(input: .numbers(2), target: .classes(2)), settings: settings)
      var random = RandomStream(seed: 4, purpose: .initialization)
      parameters = model.initialParameters(&random)
    }

    /// The outputs for the first of some inputs, beside a support set.
    func first(of inputs: [Float], beside support: [Float]) -> [Float] {
      let parameters = model.layout.constants(of: parameters)
      func pairs(_ values: [Float]) -> Variable<Float> {
        Variable(Tensor(Shape(values.count / 2, 2), values))
      }
      let statistics = model.queryStatistics(
        parameters, support: pairs(support),
        otherwise: model.settings.statisticsAfterTraining())
      return Array(
        model(parameters, pairs(inputs), statistics: statistics).value.elements.prefix(2))
    }
  }

  @Test(
    "A query example's output depends on its neighbours, its support set, or neither",
    arguments: [
      (Normalization.transductive, true, false), (.episode, false, true), (.running, false, false),
      (.layer, false, false), (.none, false, false),
    ])
  func dependence(normalization: Normalization, onNeighbors: Bool, onSupport: Bool) throws {
    let subject = try Subject(normalization)
    let query: [Float] = [0.3, -0.2, 0.5, 0.1]
    let support: [Float] = [0.9, 0.1, -0.4, 0.2, 0, -0.6]
    let output = subject.first(of: query, beside: support)
    let amongOthers = subject.first(of: query + [-0.9, 0.8], beside: support)
    let elsewhere = subject.first(of: query, beside: support.map { $0 + 1 })
    func differ(_ other: [Float]) -> Bool {
      zip(output, other).contains { abs($0 - $1) > 1e-3 }
    }
    #expect(differ(amongOthers) == onNeighbors && differ(elsewhere) == onSupport)
  }

  @Test("Moving all inputs of a task changes nothing where the support set is the measure")
  func shifted() throws {
    let subject = try Subject(.episode)
    let (query, support): ([Float], [Float]) = ([0.3, -0.2], [0.9, 0.1, -0.4, 0.2, 0, -0.6])
    let moved = subject.first(of: query.map { $0 + 3 }, beside: support.map { $0 + 3 })
    for (left, right) in zip(subject.first(of: query, beside: support), moved) {
      #expect(abs(left - right) < 1e-4)
    }
  }

  @Test("Instance normalization leaves each channel of a picture without mean, with variance 1")
  func instances() {
    let sums = values(Shape(3 * 4, 2), seed: 5)
    let normalized = Variable(sums).normalizedOverGroups(ofRows: 4, epsilon: 0).value
    for picture in 0..<3 {
      for channel in 0..<2 {
        let pixels = (0..<4).map { normalized[4 * picture + $0, channel] }
        #expect(abs(pixels.reduce(0, +)) < 1e-12)
        #expect(abs(pixels.reduce(0) { $0 + $1 * $1 } / 4 - 1) < 1e-12)
      }
    }
  }

  @Test("Instance normalization is refused where there are no pixels to average over")
  func refused() throws {
    var settings = ModelSettings()
    settings.normalization = .instance
    let numbers = ExampleSpecification(input: .numbers(2), target: .classes(2))
    let error = #expect(throws: ConstraintViolation.self) {
      try Model(for: numbers, settings: settings)
    }
    #expect(error?.description.hasSuffix("model.kind is perceptron; use layer") == true)
    (settings.kind, settings.blocks) = (.convolutional, 3)
    let pictures = ExampleSpecification(
      input: .image(height: 4, width: 4, channels: 1), target: .classes(2))
    let single = #expect(throws: ConstraintViolation.self) {
      try Model(for: pictures, settings: settings)
    }
    #expect(single?.description.contains("number 2 has a single pixel") == true)
    settings.blocks = 1
    _ = try Model(for: pictures, settings: settings)
  }

  @Test("The old name of transductive normalization is still read")
  func names() {
    #expect(Normalization(rawValue: "batch") == .transductive)
    #expect(Normalization.allCases.allSatisfy { Normalization(rawValue: $0.rawValue) == $0 })
    #expect(Normalization(rawValue: "group") == nil)
  }
}

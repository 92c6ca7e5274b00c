import EnvironmentKit
import FewShot
import Foundation
import Randomness
import Testing

@Suite struct SinusoidTests {
  private let source = Sinusoid(parameters: .init())

  @Test func `sets have the asked sizes, share no input and repeat`() throws {
    try source.checkDraws(queryExamples: 10)
  }

  @Test func `amplitudes and phases fill their ranges, shifted amplitudes lie above`() {
    for split in [TaskSplit.train, .validation, .test] {
      let tasks = source.draws(split, 2000).map(\.task)
      #expect(tasks.allSatisfy { 0.1...5 ~= $0.amplitude && 0...Float.pi ~= $0.phase })
      #expect(abs(moments(tasks.map(\.amplitude)).mean - 2.55) < 0.15)
      #expect(abs(moments(tasks.map(\.phase)).mean - Double.pi / 2) < 0.1)
    }
    for task in source.draws(.shifted, 2000).map(\.task) { #expect(5...6 ~= task.amplitude) }
  }

  @Test func `targets lie on the wave`() throws {
    for (task, examples) in source.draws(.train, 200) {
      #expect(examples.query.inputs.allSatisfy { -5...5 ~= $0 })
      for (input, target) in zip(examples.query.inputs, try examples.query.numbers) {
        let wave = Double(task.amplitude) * sin(Double(input) - Double(task.phase))
        #expect(abs(Double(target) - wave) < 1e-5)
      }
    }
  }

  @Test func `the mean of all waves leaves the documented error`() throws {
    let errors = try source.draws(.test, 4000).flatMap { _, examples in
      zip(examples.query.inputs, try examples.query.numbers).map { input, target in
        let error = target + 1.6234 * cos(input)
        return error * error
      }
    }
    #expect(abs(moments(errors).mean - 3.01) < 0.15)
  }

  @Test func `the support set doesn't depend on the query set's size`() {
    let larger = Sinusoid(parameters: with(Sinusoid.Parameters.self) { $0.queryExamples = 50 })
    for (few, many) in zip(source.draws(.train, 5), larger.draws(.train, 5)) {
      #expect(few.examples.support == many.examples.support)
    }
  }
}

@Suite struct LinearRegressionTests {
  private let source = LinearRegression(parameters: .init())

  @Test func `sets have the asked sizes, share no input and repeat`() throws {
    try source.checkDraws(queryExamples: 10)
  }

  @Test(arguments: [(TaskSplit.train, 2.0), (.test, 2), (.shifted, -2)])
  func `weights lie about their mean`(split: TaskSplit, mean: Double) {
    let weights = source.draws(split, 1000).flatMap(\.task.weights)
    let found = moments(weights)
    #expect(weights.count == 10_000)
    #expect(abs(found.mean - mean) < 0.05)
    #expect(abs(found.deviation - 1) < 0.05)
  }

  @Test func `targets are the linear function and noise, inputs are normal`() throws {
    var (inputs, noise): ([Float], [Float]) = ([], [])
    for (task, examples) in source.draws(.train, 500) {
      inputs += examples.query.inputs
      for (input, target) in zip(source.rows(of: examples.query), try examples.query.numbers) {
        noise.append(target - zip(input, task.weights).map { $0 * $1 }.reduce(0, +))
      }
    }
    let (input, error) = (moments(inputs), moments(noise))
    #expect(abs(input.mean) < 0.02 && abs(input.deviation - 1) < 0.02)
    #expect(abs(error.mean) < 0.01 && abs(error.deviation - 0.1) < 0.005)
  }

  @Test func `the mean vector leaves the documented error`() throws {
    let errors = try source.draws(.test, 2000).flatMap { _, examples in
      zip(source.rows(of: examples.query), try examples.query.numbers).map { input, target in
        let error = target - 2 * input.reduce(0, +)
        return error * error
      }
    }
    #expect(abs(moments(errors).mean - 10.01) < 0.5)
  }
}

@Suite struct PolynomialRegressionTests {
  private let source = PolynomialRegression(parameters: .init())

  @Test func `sets have the asked sizes, share no input and repeat`() throws {
    try source.checkDraws(queryExamples: 10)
  }

  @Test func `coefficients fill their range, shifted ones lie around it`() {
    let tasks = source.draws(.train, 1000).map(\.task)
    #expect(tasks.allSatisfy { $0.coefficients.count == 4 })
    #expect(tasks.flatMap(\.coefficients).allSatisfy { -1...1 ~= $0 })
    #expect(abs(moments(tasks.flatMap(\.coefficients)).deviation - 1 / 3.0.squareRoot()) < 0.02)
    let shifted = source.draws(.shifted, 1000).flatMap(\.task.coefficients)
    #expect(shifted.allSatisfy { 1...1.5 ~= abs($0) })
    #expect(abs(moments(shifted).mean) < 0.1)
  }

  @Test func `targets are the polynomial's values`() throws {
    for (task, examples) in source.draws(.train, 200) {
      #expect(examples.support.inputs.allSatisfy { -1...1 ~= $0 })
      for (input, target) in zip(examples.support.inputs, try examples.support.numbers) {
        let value = task.coefficients.enumerated().reduce(0) { sum, term in
          sum + Double(term.element) * pow(Double(input), Double(term.offset))
        }
        #expect(abs(Double(target) - value) < 1e-5)
      }
    }
  }

  @Test func `a degree of 0 makes constants`() throws {
    let source = PolynomialRegression(
      parameters: with(PolynomialRegression.Parameters.self) { $0.degree = 0 })
    for (task, examples) in source.draws(.train, 10) {
      let values = try examples.query.numbers
      #expect(Set(values) == Set(task.coefficients))
    }
  }
}

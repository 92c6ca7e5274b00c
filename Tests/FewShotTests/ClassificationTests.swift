import EnvironmentKit
import FewShot
import Foundation
import Randomness
import Testing

@Suite struct RotatingBoundaryTests {
  private let source = RotatingBoundary(parameters: .init())

  @Test func `classes are balanced, sets share no input and repeat`() throws {
    try source.checkDraws(queryExamples: 10)
  }

  @Test func `angles go all the way round, and only shifted lines miss the origin`() {
    let tasks = source.draws(.train, 4000).map(\.task)
    #expect(tasks.allSatisfy { 0...2 * Float.pi ~= $0.angle && $0.offset == 0 })
    for quarter in 0..<4 {
      let range = Float(quarter) * .pi / 2..<Float(quarter + 1) * .pi / 2
      #expect(abs(tasks.count { range.contains($0.angle) } - 1000) < 120)
    }
    let offsets = source.draws(.shifted, 2000).map(\.task.offset)
    #expect(offsets.allSatisfy { 0.25...0.5 ~= abs($0) })
    #expect(abs(offsets.count { $0 > 0 } - 1000) < 100)
  }

  @Test func `angles keep to their ranges, those of tests to their own`() {
    let narrow = RotatingBoundary(
      parameters: with(RotatingBoundary.Parameters.self) {
        ($0.trainAngles, $0.testAngles) = (0, 0.5)
      })
    for split in [TaskSplit.train, .validation] {
      #expect(narrow.draws(split, 200).allSatisfy { $0.task.angle == 0 })
    }
    for split in [TaskSplit.test, .shifted] {
      let angles = narrow.draws(split, 500).map(\.task.angle)
      #expect(angles.allSatisfy { 0...0.5 ~= $0 })
      #expect(abs(moments(angles).mean - 0.25) < 0.03)
    }
  }

  @Test func `shifted inputs are moved with their line, by one length in all directions`() throws {
    let moved = RotatingBoundary(
      parameters: with(RotatingBoundary.Parameters.self) { $0.inputShift = 5 })
    #expect(moved.draws(.test, 50).allSatisfy { $0.task.inputShift == nil })
    var shifts: [[Float]] = []
    for (task, examples) in moved.draws(.shifted, 400) {
      let shift = try #require(task.inputShift)
      shifts.append(shift)
      #expect(abs(shift[0] * shift[0] + shift[1] * shift[1] - 25) < 1e-4 && task.offset == 0)
      for (point, label) in zip(moved.rows(of: examples.support), try examples.support.labels) {
        let (x, y) = (point[0] - shift[0], point[1] - shift[1])
        #expect(x * x + y * y < 1.0001)
        let distance = cos(task.angle) * x + sin(task.angle) * y
        #expect(abs(distance) < 1e-5 || label == (distance > 0 ? 1 : 0))
      }
    }
    #expect(abs(moments(shifts.map { $0[0] }).mean) < 0.6)
    #expect(abs(moments(shifts.map { $0[1] }).mean) < 0.6)
  }

  @Test(arguments: [TaskSplit.train, .shifted])
  func `labels tell the side of the line, points fill the disc`(split: TaskSplit) throws {
    for (task, examples) in source.draws(split, 500) {
      for (point, label) in zip(source.rows(of: examples.query), try examples.query.labels) {
        let distance = cos(task.angle) * point[0] + sin(task.angle) * point[1] - task.offset
        #expect(label == (distance > 0 ? 1 : 0))
        #expect(point[0] * point[0] + point[1] * point[1] <= 1)
      }
    }
  }

  @Test func `over all tasks, no part of the disc tells the class`() throws {
    var positives = [Int](repeating: 0, count: 4)
    var totals = positives
    for (_, examples) in source.draws(.test, 4000) {
      for (point, label) in zip(source.rows(of: examples.query), try examples.query.labels) {
        let quadrant = (point[0] > 0 ? 1 : 0) + (point[1] > 0 ? 2 : 0)
        positives[quadrant] += label
        totals[quadrant] += 1
      }
    }
    for (positive, total) in zip(positives, totals) {
      #expect(abs(Double(positive) / Double(total) - 0.5) < 0.03)
    }
  }
}

@Suite struct LogisticClassificationTests {
  private func source(
    _ change: (inout LogisticClassification.Parameters) -> Void = { _ in }
  ) -> LogisticClassification {
    LogisticClassification(parameters: with(LogisticClassification.Parameters.self, change))
  }

  private func score(_ input: [Float], _ task: LogisticClassification.Task) -> Float {
    zip(input, task.weights).reduce(task.bias) { $0 + $1.0 * $1.1 }
  }

  @Test func `classes are balanced, sets share no input and repeat`() throws {
    try source().checkDraws(queryExamples: 10)
  }

  @Test(arguments: [(TaskSplit.train, 1.0), (.test, 1), (.shifted, -1)])
  func `weights lie about their mean, biases about 0`(split: TaskSplit, mean: Double) {
    let tasks = source().draws(split, 2000).map(\.task)
    let (weight, bias) = (moments(tasks.flatMap(\.weights)), moments(tasks.map(\.bias)))
    #expect(abs(weight.mean - mean) < 0.05 && abs(weight.deviation - 1) < 0.05)
    #expect(abs(bias.mean) < 0.05 && abs(bias.deviation - 0.5) < 0.05)
  }

  @Test func `without noise, labels tell the sign of the score`() throws {
    let source = source { $0.noisyLabels = false }
    for (task, examples) in source.draws(.train, 300) {
      for (input, label) in zip(source.rows(of: examples.query), try examples.query.labels) {
        let score = score(input, task)
        #expect(abs(score) < 1e-4 || label == (score > 0 ? 1 : 0))
      }
    }
  }

  @Test func `with noise, labels are drawn by their probability`() throws {
    // Without a bias both classes are as likely, so balancing them leaves probabilities as they are.
    let source = source {
      ($0.biasDeviation, $0.dimension, $0.weightDeviation) = (0, 3, 0.2)
    }
    var found = [(count: Int, expected: Double, positive: Int)](repeating: (0, 0, 0), count: 5)
    for (task, examples) in source.draws(.train, 3000) {
      for (input, label) in zip(source.rows(of: examples.query), try examples.query.labels) {
        let probability = 1 / (1 + exp(-Double(score(input, task))))
        let bin = min(4, Int(probability * 5))
        found[bin].count += 1
        found[bin].expected += probability
        found[bin].positive += label
      }
    }
    for bin in found {
      #expect(bin.count > 1000)
      #expect(abs(Double(bin.positive) - bin.expected) / Double(bin.count) < 0.02)
    }
  }

  @Test func `a class that a bias leaves next to nothing of is still found`() throws {
    let source = source { ($0.noisyLabels, $0.dimension) = (false, 2) }
    let task = LogisticClassification.Task(weights: [0.3, -0.4], bias: 50)
    var random = RandomStream(seed: 1, purpose: .examples)
    let examples = source.examples(of: task, shots: 3, random: &random)
    for (input, label) in zip(source.rows(of: examples.support), try examples.support.labels) {
      #expect(label == (score(input, task) > 0 ? 1 : 0))
      #expect(input.allSatisfy { $0.isFinite })
    }
  }
}

import EnvironmentKit
import Randomness
import Testing

extension ExampleSource {
  /// Tasks of a split, each with its examples, from streams numbered from 0.
  func draws(
    _ split: TaskSplit, _ count: Int, shots: Int = 5
  ) -> [(task: Task, examples: FewShotExamples)] {
    (0..<UInt64(count)).map { seed in
      var random = RandomStream(seed: seed, purpose: .tasks)
      let task = sample(split: split, random: &random)
      var examplesRandom = RandomStream(seed: seed, purpose: .examples)
      return (task, examples(of: task, shots: shots, random: &examplesRandom))
    }
  }

  /// Checks what holds for every source: sets of the right sizes without a common input, the same for
  /// the same streams, and a support set that comes first.
  func checkDraws(shots: Int = 5, queryExamples: Int) throws {
    for split in TaskSplit.allCases {
      let (first, second) = (draws(split, 20, shots: shots), draws(split, 20, shots: shots))
      for (draw, again) in zip(first, second) {
        #expect(draw.task == again.task)
        #expect(draw.examples == again.examples)
        let (support, query) = (rows(of: draw.examples.support), rows(of: draw.examples.query))
        let perShot = classCount ?? 1
        #expect(support.count == shots * perShot)
        #expect(query.count == queryExamples * perShot)
        #expect(Set(support).isDisjoint(with: query))
        #expect(draw.examples.support.targets.count == support.count * targetWidth)
        #expect(draw.examples.query.targets.count == query.count * targetWidth)
        try draw.examples.support.checkLabels(ofEach: shots, classes: classCount)
        try draw.examples.query.checkLabels(ofEach: queryExamples, classes: classCount)
      }
      #expect(first[0].task != first[1].task)
      #expect(first[0].examples != first[1].examples)
    }
  }

  /// The inputs one by one.
  func rows(of examples: Examples) -> [[Float]] {
    let width = specification.input.width
    #expect(examples.inputs.count % width == 0)
    return stride(from: 0, to: examples.inputs.count, by: width).map {
      Array(examples.inputs[$0..<$0 + width])
    }
  }

  private var classCount: Int? {
    if case .classes(let count) = specification.target { count } else { nil }
  }
  private var targetWidth: Int {
    if case .numbers(let count) = specification.target { count } else { 1 }
  }
}

extension Examples {
  /// Targets that are numbers.
  var numbers: [Float] {
    get throws {
      guard case .numbers(let values) = targets else { throw WrongTargets() }
      return values
    }
  }

  /// Targets that are classes.
  var labels: [Int] {
    get throws {
      guard case .classes(let labels) = targets else { throw WrongTargets() }
      return labels
    }
  }

  fileprivate func checkLabels(ofEach count: Int, classes: Int?) throws {
    guard let classes else { return }
    let labels = try labels
    for label in 0..<classes { #expect(labels.count { $0 == label } == count) }
  }
}

extension Examples.Targets {
  fileprivate var count: Int {
    switch self {
    case .numbers(let values): values.count
    case .classes(let labels): labels.count
    }
  }
}

struct WrongTargets: Error {}

/// Parameters as they are, with changes.
func with<Parameters: EnvironmentParameters>(
  _ type: Parameters.Type, _ change: (inout Parameters) -> Void
) -> Parameters {
  var parameters = Parameters()
  change(&parameters)
  return parameters
}

/// Mean and standard deviation.
func moments(_ values: [Float]) -> (mean: Double, deviation: Double) {
  let count = Double(values.count)
  let mean = values.reduce(0) { $0 + Double($1) } / count
  let square = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
  return (mean, square.squareRoot())
}

import EnvironmentKit
import Randomness

/// Two classes of small pictures, each a pattern of the task's with noise.
struct TinyPictures: ExampleSource {
  struct Task: Codable, Sendable, Equatable { var patterns: [[Float]] }
  struct Parameters: EnvironmentParameters { func validate() throws {} }

  static let name = "tiny-pictures"
  static let summary = "Tell two patterns apart"
  private static let pixels = 6 * 6

  init(parameters: Parameters) {}

  var specification: ExampleSpecification {
    .init(input: .image(height: 6, width: 6, channels: 1), target: .classes(2))
  }

  func sample(split: TaskSplit, random: inout RandomStream) -> Task {
    Task(patterns: (0..<2).map { _ in random.normals(Self.pixels) })
  }

  func examples(of task: Task, shots: Int, random: inout RandomStream) -> FewShotExamples {
    func examples(_ count: Int) -> Examples {
      let labels = (0..<2 * count).map { $0 % 2 }
      let inputs = labels.flatMap { label in
        zip(task.patterns[label], random.normals(Self.pixels)).map { $0 + 0.5 * $1 }
      }
      return Examples(inputs: inputs, targets: .classes(labels))
    }
    return FewShotExamples(support: examples(shots), query: examples(3))
  }
}

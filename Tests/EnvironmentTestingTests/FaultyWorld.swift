import EnvironmentKit
import Glibc
import Randomness
import Synchronization

/// What is wrong with a ``FaultyWorld``.
enum Fault: String, CaseIterable, Codable {
  case none, unwritten, reward, outside, infinite, clock, history, sameStart, freeStart, timeLimit
  case atOnce, rounding, sameTasks, ignored, sharedSplits, shiftedInside, neighbours, leak
  case freshTasks
}

/// A walk on a line, sound but for one fault; one for each check that could fail.
struct FaultyWorld: Environment {
  struct Task: Codable, Sendable, Equatable {
    var target: Float
    /// Whether it is written with fewer digits than it has.
    var isRounded = false

    enum CodingKeys: CodingKey { case target }

    init(target: Float, isRounded: Bool = false) {
      self.target = target
      self.isRounded = isRounded
    }

    init(from decoder: any Decoder) throws {
      target = try decoder.container(keyedBy: CodingKeys.self).decode(Float.self, forKey: .target)
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(isRounded ? target.rounded() : target, forKey: .target)
    }
  }

  struct Parameters: EnvironmentParameters {
    var fault = Fault.none
    var horizon = 20
  }

  struct Targets: TaskDistribution {
    let fault: Fault
    private static let drawn = Mutex(0)

    func sample(split: TaskSplit, random: inout RandomStream) -> Task {
      switch (fault, split) {
      case (.freshTasks, _):
        let drawn = Self.drawn.withLock { count in
          count += 1
          return count
        }
        return Task(target: random.uniform(in: 0...0.5) + 1e-4 * Float(drawn % 100))
      case (.sameTasks, _): return Task(target: 0.5)
      case (.sharedSplits, .test), (.shiftedInside, .shifted): return Task(target: 0.25)
      case (.sharedSplits, .train), (.shiftedInside, .train):
        let value: Float = random.uniform()
        return Task(target: value < 0.2 ? 0.25 : value)
      case (.rounding, _): return Task(target: random.uniform(in: 0.1...0.4), isRounded: true)
      case (_, .shifted): return Task(target: random.uniform(in: 1.5...2))
      default: return Task(target: random.uniform(in: 0...1))
      }
    }
  }

  static let name = "faulty-world"
  static let summary = "Reach a target on a line"
  private static let neighbours = Mutex(0)
  private static let leaked = Mutex<[Int]>([])
  private let fault: Fault
  private let horizon: Int
  private var position: Float = 0
  private var target: Float = 0
  private var step = 0
  private var episodes = 0

  init(parameters: Parameters) {
    fault = parameters.fault
    horizon = parameters.horizon
  }

  static func specification(parameters: Parameters) throws -> EnvironmentSpecification {
    try EnvironmentSpecification(
      observation: [
        Component("x", unit: "m", range: -2...2), Component("constant", range: 0...1),
      ],
      action: .continuous([Component("move", range: -1...1)]), horizon: parameters.horizon,
      startsVary: parameters.fault != .freeStart)
  }

  static func tasks(parameters: Parameters) -> Targets { Targets(fault: parameters.fault) }

  mutating func reset(
    task: Task, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) {
    target = fault == .ignored ? 0 : task.target
    position = fault == .sameStart ? 0 : random.uniform(in: -0.1...0.1)
    if fault == .history { position += 0.01 * Float(min(episodes, 1)) }
    if fault == .neighbours { Self.neighbours.withLock { $0 = 0 } }
    if fault == .leak { Self.leaked.withLock { $0.append(Int(bitPattern: malloc(100))) } }
    episodes += 1
    step = 0
    observe(&observation)
  }

  mutating func step(
    action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) -> Transition {
    step += 1
    let move = min(max(action[0], -1), 1)
    position = min(max(position + 0.1 * move, -2), 2)
    if fault == .outside { position = 2 * action[0] }
    if fault == .infinite && abs(action[0]) > 1 { position = .infinity }
    if fault == .clock {
      var now = timespec()
      clock_gettime(CLOCK_MONOTONIC, &now)
      position += 1e-3 * Float(now.tv_nsec % 1000)
    }
    if fault == .neighbours {
      position +=
        1e-3
        * Float(
          Self.neighbours.withLock { count in
            count += 1
            return count
          })
    }
    observe(&observation)
    let reward = fault == .reward ? Float.nan : -abs(position - target)
    let isOver = fault == .timeLimit && step == horizon || fault == .atOnce
    return Transition(reward: reward, terminated: isOver)
  }

  private func observe(_ observation: inout MutableSpan<Float>) {
    observation[0] = position
    if fault != .unwritten { observation[1] = 1 }
  }
}

internal import EnvironmentKit
internal import Randomness

/// How the checks act.
enum ActionPattern: String, CaseIterable {
  /// Uniform within the bounds, drawn anew for each step.
  case random
  /// Uniform within the bounds, drawn anew for every tenth step: it gets further.
  case held
  /// Each component at one of its bounds, drawn anew for every tenth step.
  case extreme
  /// Ten times as far out as its bounds, as the Gaussian of a policy may draw.
  case excessive

  /// The next action of an episode.
  ///
  /// - Parameters:
  ///   - action: The last action; receives the next one, `[component]`.
  ///   - step: Counted from 0.
  ///   - space: The actions taken.
  ///   - random: The stream of the episode's actions.
  func act(
    _ action: inout [Float], step: Int, in space: ActionSpace,
    _ random: inout RandomStream
  ) {
    guard self == .random || step % 10 == 0 else { return }
    switch space {
    case .discrete(let choices):
      action[0] = Float(random.index(below: choices.count))
    case .continuous(let components):
      for (index, component) in zip(action.indices, components) {
        let range = component.range
        switch self {
        case .random, .held: action[index] = random.uniform(in: range)
        case .extreme, .excessive:
          let bound = random.index(below: 2) == 0 ? range.lowerBound : range.upperBound
          let middle = (range.lowerBound + range.upperBound) / 2
          action[index] = self == .extreme ? bound : middle + 10 * (bound - middle)
        }
      }
    }
  }
}

internal import Models

/// What a policy with ``PolicyInputs/history`` is shown and what its network remembers, row by row, into memory kept from
/// call to call.
///
/// Of an episode so much is remembered: what the network remembers, then the last action, the reward of it, and 1 where
/// an episode begins. These last ones follow the observation in what the network is shown.
final class HistoryRows {
  typealias Memory = UnsafeMutablePointer<Float>

  /// What the network is shown, `[row, inputWidth]`.
  let inputs: Memory
  /// What it remembers, `[row, networkWidth]`.
  let memory: Memory
  private let inputWidth: Int
  /// All that is remembered of an episode, and the network's part of it.
  private let (width, networkWidth): (Int, Int)
  private let actionWidth: Int
  private let isDiscrete: Bool

  init(of policy: Policy, capacity: Int) {
    inputWidth = policy.network.inputWidth
    (width, networkWidth) = (policy.memoryWidth, policy.network.memoryWidth)
    actionWidth = policy.actionWidth
    isDiscrete = policy.distribution == .categorical
    inputs = .allocate(capacity: capacity * inputWidth)
    memory = .allocate(capacity: capacity * networkWidth)
  }

  deinit {
    inputs.deallocate()
    memory.deallocate()
  }

  /// Action, reward and beginning.
  private var happenedWidth: Int { width - networkWidth }

  /// Takes rows apart, and puts what happened behind what is observed.
  func take(rows: Int, observations: UnsafePointer<Float>, memory: Memory) {
    let observationWidth = inputWidth - happenedWidth
    for row in 0..<rows {
      let (remembered, shown) = (memory + row * width, inputs + row * inputWidth)
      (self.memory + row * networkWidth).update(from: remembered, count: networkWidth)
      shown.update(from: observations + row * observationWidth, count: observationWidth)
      (shown + observationWidth).update(from: remembered + networkWidth, count: happenedWidth)
    }
  }

  /// Puts together again what is remembered after actions.
  func keep(rows: Int, actions: UnsafePointer<Float>, memory: Memory) {
    for row in 0..<rows {
      let remembered = memory + row * width
      remembered.update(from: self.memory + row * networkWidth, count: networkWidth)
      let happened = remembered + networkWidth
      if isDiscrete {
        happened.update(repeating: 0, count: actionWidth)
        happened[Int(actions[row])] = 1
      } else {
        happened.update(from: actions + row * actionWidth, count: actionWidth)
      }
      happened[actionWidth + 1] = 0
    }
  }

  func remember(rows: Int, rewards: UnsafePointer<Float>, memory: Memory) {
    for row in 0..<rows { memory[row * width + networkWidth + actionWidth] = rewards[row] }
  }

  func begin(rows: Int, memory: Memory) {
    for row in 0..<rows { memory[row * width + networkWidth + actionWidth + 1] = 1 }
  }
}

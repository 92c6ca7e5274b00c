internal import EnvironmentKit
internal import Models
internal import Policies

extension ExportedPolicy {
  /// The folder's README.
  func guide() -> String {
    let inputs = specification.observation.enumerated().map { "| \($0) | \($1.described) |" }
    let memory = policy.network.memoryWidth > 0
    let history = policy.inputs == .history
    let feeds =
      ["\"observation\": observations"]
      + (history
        ? ["\"lastAction\": last_actions", "\"lastReward\": last_rewards", "\"begins\": begins"]
        : [])
      + (memory ? ["\"memory\": memory"] : [])
    let (results, names) =
      memory ? ("action, memory", "\"action\", \"memoryAfter\"") : ("[action]", "\"action\"")
    return """
      # A policy of \(origin.environment)

      Exported by Fledge \(origin.fledge) from the run \(origin.run), seed \(origin.seed), after \
      \(origin.iteration) meta-iterations. \(state)

      | file | holds |
      |---|---|
      | `policy.onnx` | the network with these parameters, for any ONNX runtime |
      | `policy.safetensors` | the tensors that act, those that adaptation begins with, step sizes |
      | `policy.json` | observations and actions with units and bounds, and how the policy adapts |

      ## Observations and actions

      | column | observation |
      |---|---|
      \(inputs.joined(separator: "\n"))

      \(actions) An episode has at most \(specification.horizon) steps.

      ## Acting by ONNX

      ```python
      import numpy, onnxruntime
      session = onnxruntime.InferenceSession("policy.onnx")
      \(results) = session.run([\(names)], {\(feeds.joined(separator: ", "))})
      ```

      Every input is an array of 32-bit numbers with a row for each robot, `[batch, width]`. `action` is the likeliest \
      one\(clipping); what describes the distribution are outputs too.\(memory ? memoryAdvice : "")

      ## Adapting

      An ONNX file cannot adapt. The policy goes on adapting where this folder is opened by `fledge adapt`, by the C library \
      `libFledgePolicy`, or in Python:

      ```python
      import fledge
      policy = fledge.load("this folder")
      policy.begin()                           # then act and observe in turn, and end
      policy.adapt()
      ```

      """
  }

  private var clipping: String {
    if case .gaussian = policy.distribution { return ", not clipped to its bounds" }
    return ""
  }

  private var state: String {
    guard let learned else { return "It has not adapted to a task." }
    let task = learned.task.map { " to the task `\($0)`" } ?? ""
    return
      "It has adapted\(task), from \(learned.episodes) episodes, \(learned.steps) steps in all."
  }

  private var actions: String {
    switch specification.action {
    case .continuous(let components):
      "An action is: \(components.map(\.described).joined(separator: ", "))."
    case .discrete(let names):
      "An action is a choice: \(names.enumerated().map { "\($0) \($1)" }.joined(separator: ", "))."
    }
  }

  private var memoryAdvice: String {
    let begin =
      learned == nil
      ? "zeros at first"
      : "at first `start.memory` of `policy.safetensors`, what was learned so far"
    let history =
      policy.inputs == .history
      ? " `begins` is 1 where an episode begins; `lastAction`, as it was drawn before tanh and bounds, and "
        + "`lastReward` carry over from the episode before, and begin as the memory does (`start.…`)."
      : ""
    return " `memory` is \(begin), and then `memoryAfter` of the step before.\(history)"
  }
}

internal import Adaptation
internal import EnvironmentKit
internal import MetaLearning
internal import Models
internal import Policies

// The field's own benchmarks, in Python: their tasks are those of fledge_tasks.
extension Preset {
  /// In the order in which they are listed.
  static var benchmarks: [Preset] {
    [
      bodies("mujoco-cheetah-velocity", "HalfCheetahs", "velocity", "a half-cheetah at a velocity"),
      bodies(
        "mujoco-cheetah-direction", "HalfCheetahs", "direction", "a half-cheetah forward or back"),
      bodies("mujoco-ant-velocity", "Ant", "velocity", "an ant at a velocity"),
      bodies("mujoco-ant-direction", "Ant", "direction", "an ant forward or backward"),
      metaWorld(
        "metaworld-ml1", "ML1", "reach a place; keywords=[task=push-v3] takes another kind of task"),
      metaWorld("metaworld-ml10", "ML10", "ten kinds of tasks, and five others to be tested on"),
    ]
  }

  /// Plain MAML as in Finn et al. (2017): one fixed inner step, a trust region. Bodies take a step each 0.01 or 0.02 s, as in
  /// the paper's code, where Gymnasium's usually take five times as long ones.
  private static func bodies(
    _ name: String, _ body: String, _ family: String, _ summary: String
  ) -> Preset {
    Preset(name, "\(summary), as in the paper, in MuJoCo", measuredBy: "finn2017") {
      var keywords = ["family=\(family)"]
      if body == "Ant" {
        // In the paper's code it is paid 1 for living at a velocity, so that a bad one is no reason to fall.
        let living = family == "velocity" ? 1.05 : 0.05
        keywords += ["frame_skip=2", "ctrl_cost_weight=0.005", "healthy_reward=\(living)"]
      } else {
        keywords += ["frame_skip=1", "ctrl_cost_weight=0.05"]
      }
      $0.environment.name = "gymnasium:fledge_tasks.mujoco:\(body)"
      $0.environment.parameters = [
        "keywords": .array(keywords.map { .string($0) }), "taskBy": "method", "horizon": 200,
      ]
      // They step side by side.
      if body == "HalfCheetahs" { $0.environment.parameters["vector"] = true }
      if family == "direction" {
        $0.environment.parameters["tasks"] = ["direction={-1,1}"]
      }
      $0.policy.activation = .relu
      if body == "Ant" && family == "direction" { $0.inner.episodes = 40 }
      $0.outer.tasks = 40
      $0.outer.iterations = 500
    }
  }

  /// One inner step on ten episodes, as Meta-World's protocol has it.
  private static func metaWorld(_ name: String, _ benchmark: String, _ summary: String) -> Preset {
    Preset(name, "Meta-World's \(benchmark): \(summary)", measuredBy: "metaworld") {
      $0.environment.name = "gymnasium:fledge_tasks.metaworld:\(benchmark)"
      $0.environment.parameters = ["taskBy": "method", "horizon": 500]
      if benchmark == "ML1" { $0.environment.parameters["keywords"] = ["task=reach-v3"] }
      $0.policy.hiddenSizes = benchmark == "ML1" ? [100, 100] : [512, 512]
      $0.policy.activation = .tanh
      $0.inner.episodes = 10
      $0.outer.tasks = 20
      $0.outer.iterations = 100
    }
  }
}

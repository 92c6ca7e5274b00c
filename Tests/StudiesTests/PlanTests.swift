import RunRecords
import Testing

@testable import Studies

/// What a study's file comes to.
@Suite struct PlanTests {
  @Test("A grid has every combination once, in the order of the file")
  func grid() throws {
    let plan = try halving("none")
    #expect(plan.trials.count == 24)
    #expect(Set(plan.trials.map(\.values)).count == 24)
    #expect(plan.trials[0].values == ["inner.stepSize": "0.01", "outer.learningRate": "0.001"])
    #expect(plan.trials[1].values == ["inner.stepSize": "0.01", "outer.learningRate": "0.002"])
    #expect(plan.trials[23].values == ["inner.stepSize": "1.0", "outer.learningRate": "0.004"])
    #expect(plan.trials.map(\.number) == Array(1...24))
    #expect(plan.trials.allSatisfy { $0.rungs == [18] })
  }

  @Test(
    "Drawn settings lie on their axes, are drawn alike each time, and otherwise by another seed")
  func drawn() throws {
    for kind in ["random", "sobol"] {
      let settings = try halving("none", search: kind).trials.map(\.values)
      #expect(settings == (try halving("none", search: kind).trials.map(\.values)))
      let steps = settings.compactMap { $0["inner.stepSize"] }.compactMap { Double($0) }
      #expect(steps.count == 24 && steps.allSatisfy { (0.01...1).contains($0) })
      // Equal ratios: about as many below 0.1 as above.
      #expect((6...18).contains(steps.count { $0 < 0.1 }))
      #expect(Set(settings.compactMap { $0["outer.learningRate"] }).count > 1)
      let other = try plan(
        "axes: {inner.stepSize: {logRange: [0.01, 1]}}\nsearch: {kind: \(kind), trials: 24, seed: 2}"
      )
      #expect(
        other.trials.map { $0.values["inner.stepSize"] } != settings.map { $0["inner.stepSize"] })
    }
  }

  @Test("Whole numbers are whole, and none is tried twice in a grid")
  func integers() throws {
    let trials = try plan("axes: {outer.tasks: {range: [2, 5], count: 9, integer: true}}").trials
    #expect(trials.map { $0.values["outer.tasks"] } == ["2", "3", "4", "5"])
  }

  @Test("An axis of some methods is another's business nowhere, and each method has its trials")
  func methods() throws {
    let plan = try plan(
      """
      methods: [maml, pretrained, oracle]
      axes:
        outer.learningRate: {values: [0.001, 0.01], methods: [maml, pretrained]}
        inner.estimator: {values: [likelihoodRatio, dice], methods: [maml]}
      """)
    #expect(
      plan.trials.map(\.method)
        == ["maml", "maml", "maml", "maml", "pretrained", "pretrained", "oracle"])
    #expect(plan.tunedMethods == ["maml", "pretrained"])
    #expect(plan.trials[4].values == ["outer.learningRate": "0.001"])
    #expect(plan.trials[6].values.isEmpty)
  }

  @Test("Rungs multiply up to the whole run")
  func rungs() {
    var halving = Halving()
    #expect(halving.rungs(upTo: 100) == [100])
    halving.kind = .synchronous
    #expect(halving.rungs(upTo: 100) == [11, 33, 100])
    halving.iterations = 10
    #expect(halving.rungs(upTo: 90) == [10, 30, 90])
    #expect(halving.rungs(upTo: 89) == [10, 89])
    #expect(halving.rungs(upTo: 0) == [0])
  }

  @Test(
    "What can't be is one line that names the key and what would be right",
    arguments: [
      ("axes: {inner.stepSiz: [1, 2]}", "did you mean inner.stepSize"),
      ("axes: {inner.stepSize: [a, b]}", "axes: inner.stepSize"),
      ("axes: {inner.stepSize: {range: [1, 0]}}", "expected the lowest and the highest value"),
      ("axes: {inner.stepSize: {logRange: [0, 1]}}", "expected a number above 0"),
      ("axes: {inner.stepSize: {range: [0, 1], values: [1]}}", "expected one of them"),
      ("axes: {inner.stepSize: {}}", "expected some values"),
      ("axes: {inner.stepSize: {values: [1], methods: [rl2]}}", "expected some of methods: maml"),
      ("axes: {run.threads: [1, 2]}", "no setting of a method"),
      ("axes: [1]", "expected a mapping"),
      ("objective: {split: test}", "final runs are measured on test tasks"),
      ("objective: {split: shifted}", "expected validation"),
      ("objective: {splt: test}", "did you mean objective.split"),
      ("seeds: {tuning: 1...3, final: 3...5}", "final has 3, which is one of tuning"),
      ("seeds: {tuning: 3...1}", "expected seeds such as 1...3"),
      ("seeds: {tuning: [1, 1]}", "none twice"),
      ("methods: [maml, maml]", "names one twice"),
      ("methods: [mamml]", "did you mean maml"),
      ("methods: [maml, rl2]", "expected per-episode or online"),
      ("search: {kind: sobol}", "search.trials is null"),
      ("search: {trials: 3}", "expected null with kind: grid"),
      ("base: nav2d-fin", "did you mean nav2d-finn"),
      ("set: [outer.iterations=x]", "set: outer.iterations"),
      ("name: a/b", "name"),
      (
        "axes: {outer.iterations: [1, 2]}\nhalving: {kind: synchronous}",
        "expected none where outer.iterations is an axis"
      ),
      ("halving: {kind: synchronous, iterations: 50}", "expected at most 33"),
      ("axes: {extends: [nav2d-finn, cheetah-velocity]}", "no setting of a method"),
      ("axes: {environment.parameters.horizon: [10, 20]}", "can't be compared"),
      ("axes: {environment.leftOutTask: [0, 1]}", "can't be compared"),
      ("axes: {inner.episodes: [10, 20]}", "objective.episodes and final.episodes have to say"),
      ("axes: {inner.stepSize: [0.1, 0.1]}", "expected each once"),
      ("axes: {inner.stepSize: {range: [-1e308, 1e308], integer: true}}", "closer together"),
      ("set: [extends=nav2d-finn]", "expected the preset as base"),
      ("objective: {protocol: per-episode, after: 7}", "expected one of 0, 1, 2, 3, 5, 10, 20, 40"),
      ("halving: {factor: 1}", "halving.factor is \"1\""),
      (
        "axes: {inner.stepSize: {range: [0, 1], count: 10000}, outer.learningRate: {range: [0.1, 1], count: 10000}}",
        "expected at most 100000"
      ),
    ])
  func refusals(text: String, message: String) {
    #expect {
      _ = try plan(text)
    } throws: { error in
      guard let error = error as? RecordError else { return false }
      #expect(error.kind == .usage && error.message.hasPrefix("a.yaml"), "\(error)")
      return error.message.contains(message)
    }
  }
}

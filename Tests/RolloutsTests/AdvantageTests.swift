import Differentiation
import EnvironmentKit
import Testing

import Models

@testable import Rollouts

@Suite struct AdvantageTests {
  /// Some episodes end early, the others at the time limit.
  private func unequalEpisodes() throws -> Episodes {
    let episodes = try scripted(["horizon": .integer(15), "terminationProbability": .number(0.06)])
    let lengths = (0..<episodes.count).map { episodes.steps(of: $0).count }
    #expect(Set(lengths).count > 2)
    #expect(Set(episodes.terminated) == [true, false])
    return episodes
  }

  @Test("Discounted returns are the sums of later rewards, episode by episode")
  func returns() throws {
    let episodes = try unequalEpisodes()
    for discount in [0, 0.9, 1] {
      let expected = DirectAdvantages(episodes: episodes).returns(discount: discount)
      let found = discountedReturns(of: episodes, discount: discount)
      #expect(difference(found, expected) < 1e-12)
    }
  }

  @Test("The mean return is undiscounted and weighs episodes of any length alike")
  func meanReturn() throws {
    let episodes = try unequalEpisodes()
    let sums = (0..<episodes.count).map { episode in
      episodes.rewards[episodes.steps(of: episode)].reduce(0) { $0 + Double($1) }
    }
    #expect(difference(episodes.returns, sums) < 1e-12)
    #expect(abs(episodes.meanReturn - sums.reduce(0, +) / 8) < 1e-12)
  }

  @Test(
    "Advantages are the discounted sums of temporal-difference errors", arguments: [0, 0.95, 1],
    [true, false])
  func generalized(lambda: Double, bootstrap: Bool) throws {
    let episodes = try unequalEpisodes()
    var settings = AdvantageSettings()
    settings.gaeLambda = lambda
    settings.bootstrap = bootstrap
    let expected = DirectAdvantages(episodes: episodes).advantages(settings)
    let found = advantages(of: episodes, settings: settings)
    // What goes on for ever is a fixed point, found to a millionth of the greatest value possible.
    #expect(difference(found, expected) < (bootstrap ? 1e-3 : 1e-8))
  }

  @Test(
    "An episode that is cut off before the time limit is worth what its rewards would have gone on to be",
    arguments: [true, false])
  func cutOff(isCut: Bool) {
    // A reward of 1 in every step, up to a limit of 10 steps; the second episode ends after 5.
    let (lengths, limit) = ([10, 5, 10], 10)
    let steps = lengths.reduce(0, +)
    let episodes = Episodes(
      observations: Tensor(Shape(steps, 1), repeating: 1), memoryBefore: nil, memory: nil,
      actions: .discrete([Int](repeating: 0, count: steps)), cache: .empty,
      rewards: [Float](repeating: 1, count: steps), starts: [0, 10, 15, 25],
      terminated: [false, !isCut, false],
      missingSteps: lengths.map { isCut ? limit - $0 : 0 }, succeeded: nil,
      finalObservations: Tensor(Shape(3, 1), repeating: 1))
    var settings = AdvantageSettings()
    settings.discount = 1
    settings.ridge = 1e-9
    let found = advantages(of: episodes, settings: settings)
    let worst = found.reduce(0) { max($0, abs($1)) }
    #expect(isCut ? worst < 0.01 : worst > 1, "\(found)")
  }

  @Test("With λ = 1 and no bootstrap an advantage is the return less the prediction")
  func returnLessPrediction() throws {
    let episodes = try unequalEpisodes()
    var settings = AdvantageSettings()
    settings.bootstrap = false
    let direct = DirectAdvantages(episodes: episodes)
    let returns = direct.returns(discount: 0.99)
    let predictions = direct.predictions(returns: returns, ridge: settings.ridge)
    let expected = zip(returns, predictions.flatMap { $0.dropLast() }).map { $0 - $1 }
    #expect(difference(advantages(of: episodes, settings: settings), expected) < 1e-8)
  }

  @Test("Normalized advantages have mean 0 and deviation 1")
  func normalization() throws {
    let values = normalized([3, -1, 4, 1, -5, 9, 2, 6], by: .batchDeviation).map { Double($0) }
    #expect(abs(values.reduce(0, +)) < 1e-6)
    #expect(abs(standardDeviation(values) - 1) < 1e-6)
    // The mean is 19 / 8, the variance 173 / 8 - (19 / 8)².
    #expect(abs(values[0] - 0.625 / 3.99804639) < 1e-6)
  }

  @Test("A fixed scale divides what is left after the mean")
  func fixedScale() {
    #expect(normalized([1, 2, 6], by: .fixed(4)) == [-0.5, -0.25, 0.75])
  }

  @Test("Equal values become 0", arguments: [0, 0.1, -38.3, 1_234_567.89])
  func equalValues(value: Double) {
    let values = normalized([Double](repeating: value, count: 1999), by: .batchDeviation)
    #expect(values.allSatisfy { abs($0) < 1e-6 })
  }
}

import EnvironmentKit
import Rollouts
import Testing

/// The baseline is seen through advantages without bootstrap and λ = 1: return less prediction.
@Suite struct BaselineTests {
  private func residuals(_ episodes: Episodes, ridge: Double = 1e-5) -> [Double] {
    var settings = AdvantageSettings()
    settings.bootstrap = false
    settings.ridge = ridge
    return advantages(of: episodes, settings: settings)
  }

  private func squares(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }

  @Test("Observations beyond ±10 act as ±10")
  func clipping() throws {
    let episodes = try scripted(["observationScale": .number(20)])
    #expect(episodes.observations.elements.contains { abs($0) > 10 })
    var settings = AdvantageSettings()
    settings.gaeLambda = 0.9
    let expected = DirectAdvantages(episodes: episodes).advantages(settings)
    #expect(difference(advantages(of: episodes, settings: settings), expected) < 1e-8)
  }

  @Test("More ridge draws the predictions to 0")
  func ridge() throws {
    let episodes = try scripted([:])
    let returns = discountedReturns(of: episodes, discount: 0.99)
    #expect(difference(residuals(episodes, ridge: 1e12), returns) < 1e-6)
    #expect(squares(residuals(episodes)) < squares(residuals(episodes, ridge: 10)))
  }

  private static let degenerate: [(name: String, settings: [String: ParameterValue])] = [
    ("constant observations", ["observationScale": .number(0)]),
    ("observations of 0", ["observationOffset": .number(0), "observationScale": .number(0)]),
    ("one step", ["horizon": .integer(1)]),
    ("early ends", ["terminationProbability": .number(1)]),
    ("huge rewards", ["rewardScale": .number(1e36)]),
    ("tiny rewards", ["rewardScale": .number(1e-36)]),
    ("no rewards", ["rewardScale": .number(0)]),
    ("huge observations", ["observationScale": .number(1e30)]),
    ("observations far off", ["observationOffset": .number(1e6)]),
  ]

  @Test("Degenerate data give a fit no worse than none", arguments: degenerate.map(\.name), [1, 8])
  func degenerateData(name: String, count: Int) throws {
    let settings = Self.degenerate.first { $0.name == name }?.settings ?? [:]
    let episodes = try scripted(settings, episodes: count)
    let returns = discountedReturns(of: episodes, discount: 0.99)
    let residuals = residuals(episodes)
    #expect(residuals.allSatisfy { $0.isFinite })
    #expect(squares(residuals) <= squares(returns) * (1 + 1e-9))
  }

  @Test("Without a ridge singular data still give finite advantages", arguments: [1, 8])
  func noRidge(count: Int) throws {
    for entry in Self.degenerate {
      let episodes = try scripted(entry.settings, episodes: count)
      let residuals = residuals(episodes, ridge: 0)
      #expect(residuals.allSatisfy { $0.isFinite }, "\(entry.name)")
    }
  }
}

import Statistics
import Testing

@Suite struct CurveTests {
  private func curve(
    _ episodes: [Int], _ returns: [[Double]], experience: [[Double]] = []
  ) -> AdaptationCurve {
    AdaptationCurve(
      points: episodes.enumerated().map { .init(gradientSteps: $0, episodes: $1) },
      outcomes: returns.enumerated().map { task, returns in
        var outcome = AdaptationCurve.TaskOutcome(task: task)
        outcome.returns = returns
        if !experience.isEmpty { outcome.experience = experience[task] }
        return outcome
      })
  }

  @Test("A curve gives each task's return at each point")
  func returns() {
    let curve = curve([0, 20, 40], [[-40, -10, -4], [-20, -6, 0]])
    #expect(curve.scores(at: 1).taskMeans == [-10, -6])
  }

  @Test("The area under the curve is the trapezoids' over the number of episodes")
  func area() {
    // Means -30, -8, -2.
    let returns: [[Double]] = [[-40, -10, -4], [-20, -6, 0]]
    #expect(abs(curve([0, 20, 40], returns).areaUnderCurve + 12) < 1e-12)
    #expect(abs(curve([0, 1, 4], returns).areaUnderCurve - (-19 - 15) / 4) < 1e-12)
    #expect(curve([0], [[-3], [-5]]).areaUnderCurve == -4)
  }

  @Test("Where all steps learn from the same examples, the area is over gradient steps")
  func areaOverSteps() {
    let shots = curve([0, 5, 5, 5], [[-40, -10, -4, -2]])
    #expect(shots.abscissa == .gradientSteps)
    #expect(abs(shots.areaUnderCurve - (-25 - 7 - 3) / 3) < 1e-12)
    let episodes = curve([0, 5, 10, 15], [[-40, -10, -4, -2]])
    #expect(episodes.abscissa == .episodes)
    #expect(abs(episodes.areaUnderCurve - (-25 - 7 - 3) / 3) < 1e-12)
    #expect(curve([0, 1, 5], [[0, 0, 0]]).abscissa == .episodes)
  }

  @Test("A threshold is reached at the first point whose mean is no lower")
  func threshold() {
    let curve = curve([0, 1, 5, 10], [[-40, -10, -12, -4], [-20, -6, -8, 0]])
    #expect(curve.episodes(toReach: -30) == 0)
    #expect(curve.episodes(toReach: -8) == 1)
    #expect(curve.episodes(toReach: -7.9) == 10)
    #expect(curve.episodes(toReach: -1) == nil)
  }

  @Test("Regret adds up what each episode of experience lost, in order")
  func regret() {
    let curve = curve([0, 3], [[0, 0], [0, 0]], experience: [[-4, -2, -1], [-10, -4, -3]])
    #expect(curve.cumulativeRegret(optimum: [-1, -2]) == [5.5, 7, 7.5])
  }
}

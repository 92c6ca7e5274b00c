import Rollouts

/// Returns, regression and advantages written out as their definitions read, however slow.
struct DirectAdvantages {
  let episodes: Episodes

  /// `Σₖ γᵏ rₜ₊ₖ` for each step.
  func returns(discount: Double) -> [Double] {
    (0..<episodes.count).flatMap { episode in
      let steps = episodes.steps(of: episode)
      return steps.map { step in
        sum(step..<steps.upperBound) { power(discount, $0 - step) * Double(episodes.rewards[$0]) }
      }
    }
  }

  /// The baseline's prediction from every step on, and after the last one, for each episode.
  func predictions(returns: [Double], ridge: Double) -> [[Double]] {
    let rows = (0..<episodes.count).map { features(of: $0) }
    let known = rows.flatMap { $0.dropLast() }
    let size = known[0].count
    let matrix = (0..<size).map { i in
      (0..<size).map { j in
        known.reduce(i == j ? ridge : 0) { $0 + $1[i] * $1[j] }
      }
    }
    let vector = (0..<size).map { i in
      zip(known, returns).reduce(0) { $0 + $1.0[i] * $1.1 }
    }
    let weights = solve(matrix, vector)
    return rows.map { $0.map { row in zip(row, weights).reduce(0) { $0 + $1.0 * $1.1 } } }
  }

  /// The values of a task that goes on after the time limit: weights w of features φ without time with
  /// `Σ φₜ (φₜ - γᵏ φ_end)ᵀ w = Σ φₜ Gₜ`, where k steps are left to the episode's end.
  private func continuingPredictions(_ settings: AdvantageSettings) -> [[Double]] {
    let rows = (0..<episodes.count).map { features(of: $0, withTime: false) }
    let size = rows[0][0].count
    let returns = returns(discount: settings.discount)
    var matrix = (0..<size).map { i in (0..<size).map { $0 == i ? settings.ridge : 0 } }
    var vector = [Double](repeating: 0, count: size)
    for (episode, rows) in rows.enumerated() {
      let end = rows[rows.count - 1]
      for (step, row) in rows.dropLast().enumerated() {
        let left = power(settings.discount, rows.count - 1 - step)
        let share = episodes.terminated[episode] ? 0 : left
        for i in 0..<size {
          for j in 0..<size { matrix[i][j] += row[i] * (row[j] - share * end[j]) }
          vector[i] += row[i] * returns[episodes.starts[episode] + step]
        }
      }
    }
    let weights = solve(matrix, vector)
    return rows.map { $0.map { row in zip(row, weights).reduce(0) { $0 + $1.0 * $1.1 } } }
  }

  /// `Σₗ (γλ)ˡ δₜ₊ₗ`.
  func advantages(_ settings: AdvantageSettings) -> [Double] {
    let predictions =
      settings.bootstrap
      ? continuingPredictions(settings)
      : predictions(returns: returns(discount: settings.discount), ridge: settings.ridge)
    return (0..<episodes.count).flatMap { episode in
      var values = predictions[episode]
      let first = episodes.starts[episode]
      let count = values.count - 1
      if episodes.terminated[episode] || !settings.bootstrap { values[count] = 0 }
      let errors = (0..<count).map {
        Double(episodes.rewards[first + $0]) + settings.discount * values[$0 + 1] - values[$0]
      }
      return (0..<count).map { step in
        sum(step..<count) {
          power(settings.discount * settings.gaeLambda, $0 - step) * errors[$0]
        }
      }
    }
  }

  /// `o, o², t, t², t³, 1` for every step and for what was seen after the last one.
  private func features(of episode: Int, withTime: Bool = true) -> [[Double]] {
    let steps = episodes.steps(of: episode)
    return (0...steps.count).map { time in
      let row =
        time < steps.count
        ? episodes.observations.rows(steps.lowerBound + time..<steps.lowerBound + time + 1)
        : episodes.finalObservations.rows(episode..<episode + 1)
      let seen = row.elements.map { min(max(Double($0), -10), 10) }
      let t = Double(time) / 100
      return seen + seen.map { $0 * $0 } + (withTime ? [t, t * t, t * t * t] : []) + [1]
    }
  }

  private func sum(_ range: Range<Int>, _ term: (Int) -> Double) -> Double {
    range.reduce(0) { $0 + term($1) }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { result, _ in result * base }
  }
}

/// Gauss-Jordan elimination with row exchanges.
func solve(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
  var rows = zip(matrix, vector).map { $0 + [$1] }
  let size = vector.count
  for column in 0..<size {
    let pivot = (column..<size).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
    rows.swapAt(column, pivot)
    for row in 0..<size where row != column {
      let factor = rows[row][column] / rows[column][column]
      for k in column...size { rows[row][k] -= factor * rows[column][k] }
    }
  }
  return (0..<size).map { rows[$0][size] / rows[$0][$0] }
}

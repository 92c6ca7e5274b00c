internal import EnvironmentKit

/// How good it is to predict of each input in the query set what its nearest neighbours in the support set
/// have: the class most of them are of, or the mean of their numbers (Fix and Hodges 1951).
///
/// - Parameters:
///   - examples: A task's.
///   - width: The numbers of an input.
///   - neighbors: How many neighbours have a say; the nearer ones where the support set is smaller.
/// - Returns: The accuracy, or minus the mean squared error.
func nearestNeighborScore(_ examples: FewShotExamples, width: Int, neighbors: Int) -> Double {
  let (support, query) = (examples.support.inputs, examples.query.inputs)
  let rows = { (inputs: [Float]) in inputs.count / width }
  let nearest = (0..<rows(query)).map { row -> ArraySlice<Int> in
    let distances = (0..<rows(support)).map { other in
      (0..<width).reduce(Float(0)) { sum, column in
        let difference = query[row * width + column] - support[other * width + column]
        return sum + difference * difference
      }
    }
    return distances.indices.sorted { distances[$0] < distances[$1] }.prefix(neighbors)
  }
  switch (examples.support.targets, examples.query.targets) {
  case (.classes(let known), .classes(let asked)):
    let right = zip(nearest, asked).count { neighbors, label in
      let votes = neighbors.map { known[$0] }
      // Of classes with equally many votes, the one whose first neighbour is the nearest.
      let winner = votes.max { first, second in
        let (left, right) = (votes.count { $0 == first }, votes.count { $0 == second })
        return left < right
          || left == right
            && (votes.firstIndex(of: first) ?? 0) > (votes.firstIndex(of: second) ?? 0)
      }
      return winner == label
    }
    return Double(right) / Double(asked.count)
  case (.numbers(let known), .numbers(let asked)):
    let outputs = asked.count / max(rows(query), 1)
    let squares = nearest.enumerated().reduce(0.0) { sum, entry in
      (0..<outputs).reduce(sum) { sum, output in
        let mean =
          entry.1.reduce(Float(0)) { $0 + known[$1 * outputs + output] }
          / Float(entry.1.count)
        let error = Double(mean - asked[entry.0 * outputs + output])
        return sum + error * error
      }
    }
    return -squares / Double(asked.count)
  default: preconditionFailure("support and query sets have targets of one kind")
  }
}

extension String {
  /// The candidate that takes the fewest edits, if that is a likely slip of the pen.
  func nearest(among candidates: [String]) -> String? {
    let closest = candidates.map { (name: $0, distance: editDistance(to: $0)) }
      .min { $0.distance < $1.distance }
    guard let closest, closest.distance <= max(2, count / 3) else { return nil }
    return closest.name
  }

  /// The Levenshtein distance, ignoring case.
  private func editDistance(to other: String) -> Int {
    let target = Array(other.lowercased())
    var row = Array(0...target.count)
    for (index, character) in lowercased().enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in target.indices {
        let substitution = diagonal + (character == target[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = Swift.min(substitution, row[column] + 1, row[column + 1] + 1)
      }
    }
    return row[target.count]
  }
}

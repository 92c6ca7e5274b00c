internal import RunRecords

extension EpisodeColumns {
  /// Reads an episode from each line that isn't blank.
  static func read(jsonLines bytes: [UInt8]) throws(EpisodeDamage) -> [EpisodeColumns] {
    var episodes: [EpisodeColumns] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      if line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { continue }
      guard case .object(let entries)? = JSON(line) else {
        throw EpisodeDamage(
          "has no JSON object in line \(number + 1), expected a whole episode in each line")
      }
      var columns: [String: Column] = [:]
      for (key, value) in entries where names.contains(key) && value != .null {
        guard let column = Column(value) else {
          throw EpisodeDamage(
            "has \(key) in line \(number + 1) that are no list of numbers, or of lists of as many numbers each"
          )
        }
        columns[key] = column
      }
      episodes.append(EpisodeColumns(columns: columns))
    }
    guard !episodes.isEmpty else { throw EpisodeDamage("has no episodes") }
    return episodes
  }
}

extension EpisodeColumns.Column {
  /// A list of numbers or flags, or of lists of these.
  init?(_ json: JSON) {
    guard case .list(let rows) = json else { return nil }
    var values: [Double] = []
    var width = 1
    for (index, row) in rows.enumerated() {
      let numbers: [JSON] = if case .list(let own) = row { own } else { [row] }
      if index == 0 { width = numbers.count }
      guard numbers.count == width, width > 0 else { return nil }
      for number in numbers {
        guard let value = number.flag.map({ $0 ? 1 : 0 }) ?? number.number, !value.isNaN else {
          return nil
        }
        values.append(value)
      }
    }
    self.init(width: width, values: values)
  }
}

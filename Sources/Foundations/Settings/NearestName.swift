/// The key path nearest to a mistaken one, or nil if none is near.
///
/// A key of the right name in another section counts as near; else the edit distance, case aside,
/// may be at most a third of the length of the key's last part, and at least 2.
func nearestKey(to path: String, among known: [String]) -> String? {
  guard path.utf8.count <= lengthLimit else { return nil }
  let name = lastPart(of: path.lowercased())
  return nearest(to: path, among: known, length: name.utf8.count)
    ?? known.first { lastPart(of: $0.lowercased()) == name }
}

/// The name nearest to a mistaken one among the allowed ones, or nil if none is near.
///
/// The edit distance, case aside, may be at most a third of the length, and at least 2.
public func nearestName(to text: String, among names: [String]) -> String? {
  guard text.utf8.count <= lengthLimit else { return nil }
  return nearest(to: text, among: names, length: text.lowercased().utf8.count)
}

/// What to add to a message about a mistaken name: `; did you mean NAME?` with the nearest allowed one, or nothing.
public func suggestion(for text: String, among names: [String]) -> String {
  nearestName(to: text, among: names).map { "; did you mean \($0)?" } ?? ""
}

/// The longest text that a slip is looked for in, in bytes: the search takes its time.
private let lengthLimit = 200

/// The first name of the smallest edit distance, if that is one that slips make in a text of `length` bytes.
private func nearest(to text: String, among names: [String], length: Int) -> String? {
  let wanted = text.lowercased()
  let best = names.map { ($0, editDistance(wanted, $0.lowercased())) }.min { $0.1 < $1.1 }
  return best.flatMap { $0.1 <= max(2, length / 3) ? $0.0 : nil }
}

/// The number of bytes to insert, remove or replace to turn one text into the other (Levenshtein).
private func editDistance(_ first: String, _ second: String) -> Int {
  let columns = Array(second.utf8)
  var row = Array(0...columns.count)
  for (line, byte) in first.utf8.enumerated() {
    var diagonal = row[0]
    row[0] = line + 1
    for (column, other) in columns.enumerated() {
      let replaced = diagonal + (byte == other ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
    }
  }
  return row[columns.count]
}

private func lastPart(of path: String) -> Substring {
  path.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
}

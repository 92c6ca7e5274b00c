/// A line of comma-separated values; a cell with a comma, a quote or a line's end is quoted (RFC 4180).
///
/// - Parameter cells: Texts of any kind.
/// - Returns: The line without its end.
public func csvLine(_ cells: [String]) -> String {
  cells.map { cell in
    cell.unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) }
      ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
  }.joined(separator: ",")
}

internal import Foundation

/// A number with a fixed count of decimals; a dash for what is none, such as the mean of nothing.
///
/// What would be too wide for a table is in scientific notation.
func fixed(_ value: Double, _ digits: Int = 2) -> String {
  guard value.isFinite, abs(value) < 1e9 else { return scientific(value) }
  let text = String(format: "%.\(digits)f", value)
  // What is rounded to 0 has no sign.
  return text.allSatisfy { "-0.".contains($0) } ? String(text.drop { $0 == "-" }) : text
}

/// A share with three decimals, so that one success among 200 is not rounded up.
func rateText(_ value: Double) -> String { fixed(value, 3) }

/// A number in scientific notation with two decimals.
func scientific(_ value: Double) -> String {
  value.isFinite ? String(format: "%.2e", value) : "-"
}

/// Seconds as one would say them: `8s`, `3m05s`, `1h02m`.
func duration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e9 else { return "?" }
  let whole = Int(max(0, seconds).rounded())
  if whole < 60 { return "\(whole)s" }
  let twoDigits = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
  if whole < 3600 { return "\(whole / 60)m\(twoDigits(whole % 60))s" }
  return "\(whole / 3600)h\(twoDigits(whole % 3600 / 60))m"
}

/// How long ago something was, as one would say it: `40s`, `5m`, `3h`, `12d`.
func age(_ seconds: Double) -> String {
  let whole = Int(min(1e9, max(0, seconds)))
  return switch whole {
  case ..<60: "\(whole)s"
  case ..<3600: "\(whole / 60)m"
  case ..<86_400: "\(whole / 3600)h"
  default: "\(whole / 86_400)d"
  }
}

/// A size as one would say it: `812 kB`, `3.4 MB`.
func byteCount(_ bytes: Int) -> String {
  var (value, unit) = (Double(bytes) / 1e3, "kB")
  for next in ["MB", "GB", "TB"] where value >= 1000 { (value, unit) = (value / 1e3, next) }
  return fixed(value, value < 10 ? 1 : 0) + " " + unit
}

/// Rows of cells as aligned columns.
///
/// - Parameters:
///   - rows: The cells, the heading first.
///   - leading: How many columns stand left-aligned; the others stand right-aligned.
/// - Returns: One line a row.
func table(_ rows: [[String]], leading: Int = 1) -> String {
  let columns = rows.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in
    rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }
  return rows.map { row in
    let cells = row.enumerated().map { column, cell in
      let padding = String(repeating: " ", count: widths[column] - cell.count)
      return column < leading ? cell + padding : padding + cell
    }
    let line = cells.joined(separator: "  ")
    return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
  }.joined()
}

/// A bar that shows how much is done, in one line of the terminal.
func bar(_ done: Int, of total: Int, _ state: String) -> String {
  let count = "\(done)/\(total)"
  let width = min(40, terminalWidth - count.count - state.count - 6)
  let line: String
  if width >= 5 {
    let full = width * done / max(total, 1)
    let marks = String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
    line = "[\(marks)] \(count)  \(state)"
  } else {
    line = "\(count)  \(state)"
  }
  return String(line.prefix(max(1, terminalWidth - 1)))
}

/// A text within HTML.
func escaped(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    .replacing("\"", with: "&quot;")
}

/// A table that can be scrolled where the page is narrow.
///
/// - Parameters:
///   - heading: Texts.
///   - rows: Cells as HTML.
/// - Returns: HTML.
func htmlTable(_ heading: [String], _ rows: [[String]]) -> String {
  let head = heading.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
  let body = rows.map { "<tr>" + $0.map { "<td>\($0)</td>" }.joined() + "</tr>" }
  return "<div class=\"wide\"><table><thead><tr>\(head)</tr></thead>\n<tbody>\n"
    + body.joined(separator: "\n") + "\n</tbody></table></div>\n"
}

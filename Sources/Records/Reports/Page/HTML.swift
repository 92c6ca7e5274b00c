/// A page that needs nothing besides.
///
/// - Parameters:
///   - title: A text.
///   - summary: HTML.
///   - notices: Texts on what to know before believing the numbers.
///   - sections: Headings as texts, with HTML; those without any are left out.
///   - script: HTML at the end.
/// - Returns: HTML.
package func htmlDocument(
  _ title: String, summary: String, notices: [String], sections: [(String, String)],
  script: String = ""
) -> String {
  """
  <!doctype html>
  <html lang="en">
  <head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>\(escaped(title))</title>
  <style>
  \(String(decoding: PackageResources.page_css, as: UTF8.self))</style>
  </head>
  <body>
  <h1>\(escaped(title))</h1>
  <p class="faint">\(summary)</p>
  \(notices.map { "<p class=\"notice\">\(escaped($0))</p>" }.joined(separator: "\n"))
  \(sections.filter { !$0.1.isEmpty }.map { "<section>\n<h2>\(escaped($0))</h2>\n\($1)</section>" }
    .joined(separator: "\n"))
  \(script)
  </body>
  </html>

  """
}

/// Figures beside each other, with links to their files.
///
/// - Parameter figures: Drawn in `figures/` beside the page.
/// - Returns: HTML.
package func htmlFigures(_ figures: [DrawnFigure]) -> String {
  let shown = figures.map { drawn in
    let figure = drawn.figure
    let files =
      drawn.svg == nil
      ? "<a href=\"figures/\(figure.name).csv\">data</a>"
      : ["svg", "pdf", "csv"].map { "<a href=\"figures/\(figure.name).\($0)\">\($0)</a>" }
        .joined(separator: " ")
    return """
      <figure id="\(figure.name)"><h3>\(escaped(figure.title))</h3>
      \(drawn.svg ?? "<p class=\"notice\">Not drawn.</p>")
      <figcaption>\(escaped(figure.caption)) \(files)</figcaption></figure>
      """
  }
  return "<div class=\"figures\">\n\(shown.joined(separator: "\n"))\n</div>\n"
}

/// A text within HTML.
package func escaped(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    .replacing("\"", with: "&quot;")
}

/// A table that can be scrolled where the page is narrow.
///
/// - Parameters:
///   - heading: Texts.
///   - rows: Cells as HTML.
/// - Returns: HTML.
package func htmlTable(_ heading: [String], _ rows: [[String]]) -> String {
  let head = heading.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
  let body = rows.map { "<tr>" + $0.map { "<td>\($0)</td>" }.joined() + "</tr>" }
  return "<div class=\"wide\"><table><thead><tr>\(head)</tr></thead>\n<tbody>\n"
    + body.joined(separator: "\n") + "\n</tbody></table></div>\n"
}

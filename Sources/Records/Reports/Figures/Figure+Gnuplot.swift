internal import Foundation
internal import RunRecords

/// A figure, and its drawing where it could be drawn.
package struct DrawnFigure {
  let figure: Figure
  let svg: String?

  /// Draws a figure.
  ///
  /// - Parameters:
  ///   - figure: The figure.
  ///   - folder: Where its files go.
  ///   - notices: Gets a line where it can't be drawn, once for each reason.
  /// - Throws: `RecordError` where data can't be written.
  package init(_ figure: Figure, in folder: String, _ notices: inout [String]) throws {
    self.figure = figure
    do {
      svg = try figure.draw(in: folder)
    } catch let error as ToolError {
      svg = nil
      let notice =
        error.isMissing
        ? "figures are left out, \(error.description)" : "figure \(figure.name): \(error)"
      if !notices.contains(notice) { notices.append(notice) }
    }
  }
}

extension Figure {
  /// Writes the data and the commands, and has gnuplot draw them as SVG and PDF.
  ///
  /// - Parameter folder: Where its files go.
  /// - Returns: The drawing for a page, in the colour of its text.
  /// - Throws: ``ToolError`` where gnuplot is missing or fails; data and commands are written then.
  func draw(in folder: String) throws -> String {
    try replaceFile("\(folder)/\(name).csv", with: Array(csv.utf8))
    try replaceFile("\(folder)/\(name).gp", with: Array(script.utf8))
    let (width, height) = (size.x, size.y)
    let commands = """
      set terminal svg size \(width),\(height) dynamic noenhanced font 'sans-serif,15'
      set output '\(name).svg'
      load '\(name).gp'
      set terminal pdfcairo size \(Double(width) / 96)in,\(Double(height) / 96)in noenhanced font 'sans-serif,9'
      set output '\(name).pdf'
      load '\(name).gp'
      set output

      """
    try ExternalTool.gnuplot.run(["-"], in: folder) { pipe in
      try pipe.write(contentsOf: Data(commands.utf8))
    }
    guard let text = try? String(contentsOfFile: "\(folder)/\(name).svg", encoding: .utf8),
      let start = text.range(of: "<svg")
    else { throw ToolError(description: "gnuplot wrote no \(name).svg") }
    let black = ["'black'", "\"black\"", "'rgb(  0,   0,   0)'", "\"rgb(  0,   0,   0)\""]
    return black.reduce(String(text[start.lowerBound...])) { svg, color in
      let quote = String(color.prefix(1))
      return svg.replacing(color, with: quote + "currentColor" + quote)
    }.replacing("<title>Gnuplot</title>", with: "<title>\(escaped(title))</title>")
  }
}

import Experiments
import Foundation
import Testing

@Suite struct DocumentationTests {
  @Test("The page on configurations holds the table that the code is read by")
  func configuration() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let page = root.appendingPathComponent("Sources/Program/fledge/Fledge.docc/Configuration.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let table = Configuration.documentation
    #expect(text.hasSuffix(table), "expected at the end of \(page.lastPathComponent):\n\(table)")
  }
}

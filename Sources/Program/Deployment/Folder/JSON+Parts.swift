internal import RunRecords
internal import Settings

/// What is wrong with a file of an export, to follow the file's name in a sentence.
struct FolderDamage: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

// Parts of an object that have to be there, of one kind.
extension JSON {
  func part(_ key: String) throws(FolderDamage) -> JSON {
    guard let value = self[key] else { throw FolderDamage("lacks \(quoted(key))") }
    return value
  }

  func text(_ key: String) throws(FolderDamage) -> String {
    guard let text = try part(key).string else { throw wrong(key, "a text") }
    return text
  }

  func list(_ key: String) throws(FolderDamage) -> [JSON] {
    guard case .list(let items) = try part(key) else { throw wrong(key, "a list") }
    return items
  }

  func whole(_ key: String, in range: ClosedRange<Int>) throws(FolderDamage) -> Int {
    guard let value = try part(key).integer, range.contains(value) else {
      throw wrong(key, "an integer in \(range)")
    }
    return value
  }

  func number(_ key: String, in range: ClosedRange<Double>) throws(FolderDamage) -> Double {
    guard let value = try part(key).number, range.contains(value) else {
      throw wrong(key, "a number in \(range)")
    }
    return value
  }

  private func wrong(_ key: String, _ expected: String) -> FolderDamage {
    FolderDamage("has \(quoted(key)) \(quoted(self[key]?.text ?? "")), expected \(expected)")
  }
}

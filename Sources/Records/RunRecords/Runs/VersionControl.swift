/// The commit that is checked out where a directory lies, as far as files tell.
///
/// - Parameter directory: Any directory.
/// - Returns: The commit's name; nil outside of a repository of git, or before its first commit.
public func currentCommit(of directory: String) -> String? {
  var place = directory
  while !Files.exists(place + "/.git") {
    let parent = Files.parentDirectory(of: place)
    if parent == place || place == "." { return nil }
    place = parent
  }
  var repository = place + "/.git"
  // A work tree beside the first has a file that leads to its own folder in the repository.
  if !Files.isDirectory(repository) {
    guard let text = line(of: repository), text.hasPrefix("gitdir: ") else { return nil }
    let path = String(text.dropFirst("gitdir: ".count))
    repository = path.hasPrefix("/") ? path : place + "/" + path
  }
  guard let head = line(of: repository + "/HEAD") else { return nil }
  guard head.hasPrefix("ref: ") else { return head }
  let name = String(head.dropFirst("ref: ".count))
  var shared = repository
  if let common = line(of: repository + "/commondir") {
    shared = common.hasPrefix("/") ? common : repository + "/" + common
  }
  return line(of: "\(shared)/\(name)") ?? packed(name, in: shared)
}

/// The commit of a branch among those that git keeps in one file.
private func packed(_ name: String, in repository: String) -> String? {
  guard let bytes = try? Files.read(repository + "/packed-refs", limit: 1 << 26) else { return nil }
  for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
    let parts = line.split(separator: " ")
    if parts.count == 2 && parts[1] == name { return String(parts[0]) }
  }
  return nil
}

private func line(of path: String) -> String? {
  guard let bytes = try? Files.read(path, limit: 1 << 16) else { return nil }
  return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init)
}

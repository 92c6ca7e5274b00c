internal import Deployment

/// What a C program holds of a policy.
final class PolicyHandle {
  let session: PolicySession
  /// Why the last call failed.
  let message: UnsafeMutablePointer<CChar>
  let description: UnsafeMutablePointer<CChar>

  /// The longest message, its zero byte included.
  static let capacity = 512

  init(_ session: PolicySession) {
    self.session = session
    message = .allocate(capacity: Self.capacity)
    message[0] = 0
    let text = session.exported.descriptionText
    description = .allocate(capacity: text.utf8.count + 1)
    copy(text, to: description, text.utf8.count + 1)
  }

  deinit {
    message.deallocate()
    description.deallocate()
  }
}

/// The policy behind a pointer; nil for none.
func handle(_ policy: OpaquePointer?) -> PolicyHandle? {
  policy.map { Unmanaged<PolicyHandle>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
}

/// Whether something could be done; why it couldn't is kept.
func attempt<Failure: Error>(
  _ policy: OpaquePointer?, _ body: (PolicySession) throws(Failure) -> Void
) -> Bool {
  guard let handle = handle(policy) else { return false }
  do {
    try body(handle.session)
    return true
  } catch {
    copy("\(error)", to: handle.message, PolicyHandle.capacity)
    return false
  }
}

/// Copies a text as far as there is room, and ends it with a zero byte.
func copy(_ text: String, to target: UnsafeMutablePointer<CChar>?, _ capacity: Int) {
  guard let target, capacity > 0 else { return }
  var count = 0
  for scalar in text.unicodeScalars {
    let bytes = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
    guard count + bytes.count < capacity else { break }
    for byte in bytes {
      target[count] = CChar(bitPattern: byte)
      count += 1
    }
  }
  target[count] = 0
}

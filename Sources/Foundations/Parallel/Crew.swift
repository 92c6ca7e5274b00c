internal import Synchronization

/// The processes that compute together, as one of them sees it: what they tell each other.
///
/// All of them call the same functions in the same order; only ``Crew/tell(_:)`` and ``Crew/hear()`` are the leader's and
/// the followers'. Messages go along binary trees of ranks, so that their number grows with the logarithm of the
/// processes.
public final class Crew: Sendable {
  /// This process's number, from 0; the leader's is 0.
  public let rank: Int
  /// How many processes there are.
  public let count: Int
  /// What this machine's processes share.
  public let machine: (processes: Int, processors: Int)
  private let link: any Link
  private let errors: [any TransmissibleError.Type]
  private let wishesToStop: @Sendable () -> Bool
  private let isStopWished = Atomic(false)

  /// One of some processes.
  ///
  /// - Parameters:
  ///   - rank: Its number.
  ///   - count: How many there are.
  ///   - machine: How many of them are on this machine, and how many processors these may run on.
  ///   - link: What carries messages.
  ///   - errors: The kinds of errors that arrive elsewhere as what they are; others arrive as a ``RemoteError``.
  ///   - wishesToStop: Whether this process was asked to stop, which all hear of.
  public init(
    rank: Int, of count: Int, machine: (processes: Int, processors: Int) = (1, 1), link: any Link,
    errors: [any TransmissibleError.Type] = [],
    wishesToStop: @escaping @Sendable () -> Bool = { false }
  ) {
    (self.rank, self.count, self.machine, self.link) = (rank, count, machine, link)
    (self.errors, self.wishesToStop) = (errors, wishesToStop)
  }

  /// Whether this process is the one that reads, writes and says what is done.
  public var isLeader: Bool { rank == 0 }

  /// Whether any process had been asked to stop when they last agreed on something.
  public var isAskedToStop: Bool { wishesToStop() || isStopWished.load(ordering: .relaxed) }

  /// Says what is done next, as the leader.
  public func tell(_ message: Message) { _ = broadcast(message, from: 0, .command) }

  /// Hears what is done next, as a follower.
  public func hear() -> Message { broadcast(nil, from: 0, .command) }

  /// Tells what each process has to say.
  ///
  /// - Parameter own: This process's own.
  /// - Returns: Of each process, by rank.
  public func gather<Value: Transmissible>(_ own: Value) -> [Value] {
    var known = [own]
    climb(.gather, { message in message.write(known) }, { known += $0.read([Value].self) })
    var message = Message()
    if isLeader { message.write(known) }
    var all = broadcast(message, from: 0, .gather)
    return all.read()
  }

  /// Lets all processes end in the same way.
  ///
  /// - Parameter failure: What went wrong in this process: an index that failed, and its error.
  /// - Throws: The error of the lowest index.
  func agree(on failure: (index: Int, error: any Error)?) throws {
    var first = (index: failure?.index ?? .max, rank: rank)
    var isWished = wishesToStop()
    let tell = { (message: inout Message) in
      message.write([first.index, first.rank])
      message.write(isWished)
    }
    climb(.agreement, tell) { message in
      let other: [Int] = message.read()
      if (other[0], other[1]) < first { first = (other[0], other[1]) }
      let isTheirs: Bool = message.read()
      isWished = isWished || isTheirs
    }
    var message = Message()
    tell(&message)
    var agreed = broadcast(message, from: 0, .agreement)
    let found: [Int] = agreed.read()
    isStopWished.store(agreed.read(), ordering: .relaxed)
    guard found[0] != .max else { return }
    var told = Message()
    if found[1] == rank, let failure { write(failure.error, to: &told) }
    var heard = broadcast(told, from: found[1], .error)
    throw found[1] == rank ? failure?.error ?? read(&heard) : read(&heard)
  }

  private func write(_ error: any Error, to message: inout Message) {
    let kind = errors.firstIndex { $0 == type(of: error) } ?? errors.count
    message.write(kind)
    if let error = error as? any TransmissibleError, kind < errors.count {
      error.write(to: &message)
    } else {
      message.write("\(error)")
    }
  }

  private func read(_ message: inout Message) -> any Error {
    let kind: Int = message.read()
    return kind < errors.count
      ? errors[kind].init(from: &message) : RemoteError(description: message.read())
  }

  /// Goes up the tree of ranks: each hears those below it, then tells the one above.
  private func climb(
    _ kind: Kind, _ tell: (inout Message) -> Void, _ hear: (inout Message) -> Void
  ) {
    var distance = 1
    while distance < count {
      guard rank % (2 * distance) == 0 else {
        var message = Message()
        tell(&message)
        return send(message, to: rank - distance, kind)
      }
      if rank + distance < count {
        var message = receive(from: rank + distance, kind)
        hear(&message)
      }
      distance *= 2
    }
  }

  /// Goes down a tree of ranks, of which `root` is the top.
  ///
  /// - Parameters:
  ///   - message: What the root has to tell.
  ///   - root: Who tells it.
  ///   - kind: What it is for.
  /// - Returns: What the root tells, in every process.
  func broadcast(_ message: Message?, from root: Int, _ kind: Kind) -> Message {
    let place = (rank - root + count) % count
    var distance = 1
    while distance < count && place % (2 * distance) == 0 { distance *= 2 }
    let told =
      place == 0
      ? message ?? Message() : receive(from: (place - distance + root) % count, kind)
    while distance > 1 {
      distance /= 2
      if place + distance < count {
        send(told, to: (place + distance + root) % count, kind)
      }
    }
    return told
  }

  func send(_ message: Message, to rank: Int, _ kind: Kind) {
    link.send([kind.rawValue] + message.bytes, to: rank)
  }

  func receive(from rank: Int, _ kind: Kind) -> Message {
    let bytes = link.receive(from: rank)
    precondition(
      bytes.first == kind.rawValue,
      "process \(self.rank) expected a message of kind \(kind) from \(rank), found \(bytes.first ?? 0)"
    )
    return Message(Array(bytes.dropFirst()))
  }

  /// What a message is for: processes that don't do the same find out by it.
  enum Kind: UInt8 {
    case command = 1
    case agreement
    case error
    case sum
    case gather
  }
}

/// What carries messages between processes, each in the order in which it was sent.
public protocol Link: Sendable {
  /// Hands a message on; returns when the bytes may change.
  func send(_ bytes: [UInt8], to rank: Int)
  /// Waits for the next message.
  func receive(from rank: Int) -> [UInt8]
}

/// An error that arrives in another process as what it is.
public protocol TransmissibleError: Error, Transmissible {}

/// What went wrong in another process, where all that is known of it is its line.
public struct RemoteError: Error, CustomStringConvertible {
  /// One line.
  public let description: String
}

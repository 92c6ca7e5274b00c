internal import Foundation
package import Parallel

/// Runs the same on each of some processes, which are threads here, and their messages arrays.
///
/// - Parameters:
///   - count: How many processes there are.
///   - errors: The kinds of errors that arrive elsewhere as what they are.
///   - wishesToStop: Whether a process was asked to stop, by its rank.
///   - body: What each of them does.
/// - Returns: What each of them returned or threw, by rank.
package func inCrew<Value: Sendable>(
  of count: Int, errors: [any TransmissibleError.Type] = [],
  wishesToStop: @escaping @Sendable (Int) -> Bool = { _ in false },
  _ body: @escaping @Sendable (Crew) throws -> Value
) -> [Result<Value, any Error>] {
  let mail = Mail(count)
  let results = Results<Value>()
  let threads = (0..<count).map { rank in
    let thread = Thread {
      let crew = Crew(
        rank: rank, of: count, link: mail.link(of: rank), errors: errors,
        wishesToStop: { wishesToStop(rank) })
      results.set(Result { try body(crew) }, of: rank)
    }
    thread.stackSize = 8 << 20
    return thread
  }
  threads.forEach { $0.start() }
  return results.all(count)
}

/// The messages that are under way.
private final class Mail: @unchecked Sendable {
  private var boxes: [[[UInt8]]]
  private let count: Int
  private let condition = NSCondition()

  init(_ count: Int) {
    self.count = count
    boxes = Array(repeating: [], count: count * count)
  }

  func link(of rank: Int) -> some Link { Post(mail: self, rank: rank) }

  private struct Post: Link {
    let mail: Mail
    let rank: Int

    func send(_ bytes: [UInt8], to other: Int) {
      mail.condition.withLock {
        mail.boxes[rank * mail.count + other].append(bytes)
        mail.condition.broadcast()
      }
    }

    func receive(from other: Int) -> [UInt8] {
      mail.condition.withLock {
        let box = other * mail.count + rank
        while mail.boxes[box].isEmpty { mail.condition.wait() }
        return mail.boxes[box].removeFirst()
      }
    }
  }
}

/// What the processes have returned so far.
private final class Results<Value>: @unchecked Sendable {
  private var values: [Int: Result<Value, any Error>] = [:]
  private let condition = NSCondition()

  func set(_ value: Result<Value, any Error>, of rank: Int) {
    condition.withLock {
      values[rank] = value
      condition.broadcast()
    }
  }

  func all(_ count: Int) -> [Result<Value, any Error>] {
    condition.withLock {
      while values.count < count { condition.wait() }
      return (0..<count).compactMap { values[$0] }
    }
  }
}

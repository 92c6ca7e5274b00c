internal import Foundation

/// Arrays in a file that a worker maps too, `[row, component]` each, in the order of `worker.py`.
final class SharedArrays {
  /// Where the file is, until the worker has mapped it.
  let path: String
  let seeds: UnsafeMutablePointer<UInt64>
  let indices: UnsafeMutablePointer<Int32>
  let actions: UnsafeMutablePointer<Float>
  let observations: UnsafeMutablePointer<Float>
  let rewards: UnsafeMutablePointer<Float>
  /// What came of each row's step: ``StepOutcome``, and 1 where the episode terminated.
  let outcomes: UnsafeMutablePointer<UInt8>
  private let memory: UnsafeMutableRawPointer
  private let size: Int

  init(rows: Int, observationWidth: Int, actionWidth: Int) throws(EnvironmentError) {
    var size = 0
    func place(_ bytes: Int) -> Int {
      defer { size += (bytes + 63) / 64 * 64 }
      return size
    }
    let places = [
      place(8 * rows), place(4 * rows), place(4 * rows * actionWidth),
      place(4 * rows * observationWidth), place(4 * rows), place(rows),
    ]
    (path, memory) = try Self.mapped(size)
    self.size = size
    seeds = (memory + places[0]).assumingMemoryBound(to: UInt64.self)
    indices = (memory + places[1]).assumingMemoryBound(to: Int32.self)
    actions = (memory + places[2]).assumingMemoryBound(to: Float.self)
    observations = (memory + places[3]).assumingMemoryBound(to: Float.self)
    rewards = (memory + places[4]).assumingMemoryBound(to: Float.self)
    outcomes = (memory + places[5]).assumingMemoryBound(to: UInt8.self)
  }

  /// A new file of a size, mapped: in the memory's own file system, or with the temporary files where that has no
  /// room.
  ///
  /// The room is claimed at once. A file that was only made long would end the process with SIGBUS where its
  /// file system is full by the time that it is written to.
  private static func mapped(
    _ size: Int
  ) throws(EnvironmentError) -> (path: String, memory: UnsafeMutableRawPointer) {
    let directories = ["/dev/shm", FileManager.default.temporaryDirectory.path]
    var refusal = SystemRefusal(code: 0)
    for directory in directories {
      do {
        return try mapped(size, in: directory)
      } catch {
        refusal = error
      }
    }
    throw EnvironmentError(
      "no \(size) bytes of shared memory for its worlds, neither in \(directories[0]) nor in "
        + "\(directories[1]) (\(refusal)); fewer episodes or tasks need less")
  }

  private static func mapped(
    _ size: Int, in directory: String
  ) throws(SystemRefusal) -> (path: String, memory: UnsafeMutableRawPointer) {
    let (path, descriptor) = try makeTemporaryFile(in: directory)
    defer { close(descriptor) }
    var code: Int32 = 0
    repeat { code = posix_fallocate(descriptor, 0, size) } while code == EINTR
    if code == 0 {
      let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
      if let memory, memory != MAP_FAILED { return (path, memory) }
      code = errno
    }
    unlink(path)
    throw SystemRefusal(code: code)
  }

  deinit {
    munmap(memory, size)
    unlink(path)
  }

  /// Removes the name; the memory stays for whoever has mapped it.
  func unlinkFile() { unlink(path) }
}

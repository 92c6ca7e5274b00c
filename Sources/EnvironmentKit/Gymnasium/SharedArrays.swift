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
  let terminated: UnsafeMutablePointer<UInt8>
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
    let directory = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    var name = Array("\(directory)/fledge-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, ftruncate(descriptor, size) == 0,
      let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
      memory != MAP_FAILED
    else {
      if descriptor >= 0 { unlink(path) }
      throw EnvironmentError("no \(size) bytes of shared memory in \(directory)")
    }
    self.path = path
    self.memory = memory
    self.size = size
    seeds = (memory + places[0]).assumingMemoryBound(to: UInt64.self)
    indices = (memory + places[1]).assumingMemoryBound(to: Int32.self)
    actions = (memory + places[2]).assumingMemoryBound(to: Float.self)
    observations = (memory + places[3]).assumingMemoryBound(to: Float.self)
    rewards = (memory + places[4]).assumingMemoryBound(to: Float.self)
    terminated = (memory + places[5]).assumingMemoryBound(to: UInt8.self)
  }

  deinit {
    munmap(memory, size)
    unlink(path)
  }

  /// Removes the name; the memory stays for whoever has mapped it.
  func unlinkFile() { unlink(path) }
}

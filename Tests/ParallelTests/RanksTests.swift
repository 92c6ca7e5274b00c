import AlgorithmTesting
import Parallel
import Testing

private struct Failure: TransmissibleError, Equatable {
  let index: Int
  init(index: Int) { self.index = index }
  init(from message: inout Message) { index = message.read() }
  func write(to message: inout Message) { message.write(index) }
}

private struct Unknown: Error, CustomStringConvertible {
  var description: String { "nobody knows this kind" }
}

@Suite struct RanksTests {
  @Test(
    "A sum over processes adds by the tree of one process, whatever they are",
    arguments: [1, 2, 3, 4, 5, 8, 13])
  func tree(processes: Int) throws {
    for count in [1, 2, 3, 5, 8, 20, 37] {
      let whole = treeSum((0..<count).map { Written(text: "\($0)") })?.text
      for size in [1, 4] {
        let sums = inCrew(of: processes) { crew in
          let team = Ranks(crew, threads: 2)
          return team.sum(
            try team.map(count, inGroupsOf: size) { _, index in Written(text: "\(index)") }
          ).text
        }
        for sum in sums { #expect(try sum.get() == whole) }
      }
    }
  }

  @Test("Each index is computed by one process, and neighbours of a group by the same")
  func shares() throws {
    for (count, processes, size) in [(20, 3, 1), (5, 4, 1), (3, 7, 1), (40, 3, 8), (17, 4, 4)] {
      let shares = try inCrew(of: processes) { crew in
        Ranks(crew, threads: 1).share(of: count, inGroupsOf: size)
      }.map { try $0.get() }
      #expect(shares.flatMap { Array($0) } == Array(0..<count))
      for share in shares.dropLast() where !share.isEmpty {
        #expect(share.upperBound % size == 0 || share.upperBound == count)
      }
    }
  }

  @Test("Groups of neighbours are what one process has of them", arguments: [1, 2, 3, 5])
  func groups(processes: Int) throws {
    let found = inCrew(of: processes) { crew in
      let team = Ranks(crew, threads: 1)
      let groups = try team.map(37, inGroupsOf: 8) { _, index in index }.grouped(by: 8)
      return team.gather(try team.map(groups) { $0.reduce(0, +) })
    }
    for sums in found { #expect(try sums.get() == [28, 92, 156, 220, 170]) }
  }

  @Test("All processes hear what all have computed, in order", arguments: [1, 2, 3, 6])
  func gather(processes: Int) throws {
    let found = inCrew(of: processes) { crew in
      let team = Ranks(crew, threads: 2)
      return team.gather(try team.map(10) { _, index in ["\(index)", "x"] })
    }
    for values in found { #expect(try values.get() == (0..<10).map { ["\($0)", "x"] }) }
  }

  @Test("All processes end with the error of the lowest index", arguments: [1, 2, 3, 4])
  func errors(processes: Int) {
    let results = inCrew(of: processes, errors: [Failure.self]) { crew in
      try Ranks(crew, threads: 2).map(30) { _, index in
        if index >= 7 && index % 2 == 1 { throw Failure(index: index) }
      }.count
    }
    for result in results {
      #expect(throws: Failure(index: 7)) { try result.get() }
    }
  }

  @Test("An error whose kind nobody else knows arrives as its line")
  func unknownErrors() {
    let results = inCrew(of: 3) { crew in
      try Ranks(crew, threads: 1).agree { if crew.rank == 2 { throw Unknown() } }
    }
    for result in results {
      #expect("nobody knows this kind" == error(of: result).map { "\($0)" })
    }
  }

  @Test("After an error the processes go on together")
  func goingOn() throws {
    let results = inCrew(of: 3, errors: [Failure.self]) { crew in
      let team = Ranks(crew, threads: 1)
      try? team.agree { if crew.rank == 1 { throw Failure(index: 1) } }
      return team.sum(try team.map(9) { _, index in index })
    }
    for result in results { #expect(try result.get() == 36) }
  }

  @Test("The wish of any process to stop is known to all")
  func wishes() throws {
    let results = inCrew(of: 4, wishesToStop: { $0 == 3 }) { crew in
      let before = crew.isLeader && crew.isAskedToStop
      try Ranks(crew, threads: 1).agree {}
      return [before, crew.isAskedToStop]
    }
    for result in results { #expect(try result.get() == [false, true]) }
  }

  @Test("The leader's words reach every follower", arguments: [1, 2, 3, 5, 8])
  func commands(processes: Int) throws {
    let results = inCrew(of: processes) { crew in
      guard crew.isLeader else {
        var heard = crew.hear()
        return heard.read(String.self)
      }
      var told = Message()
      told.write("iterate")
      crew.tell(told)
      return "iterate"
    }
    for result in results { #expect(try result.get() == "iterate") }
  }

  @Test("A message is read as it was written")
  func messages() {
    var message = Message()
    message.write(-7)
    message.write(Float.nan)
    message.write(-0.0)
    message.write(["a": [1.5], "ü": []])
    message.write([true, false])
    #expect(message.read() == -7)
    #expect(message.read(Float.self).isNaN)
    #expect(message.read(Double.self).sign == .minus)
    #expect(message.read() == ["a": [1.5], "ü": []])
    #expect(message.read() == [true, false])
  }

  private func error(of result: Result<Void, any Error>) -> (any Error)? {
    if case .failure(let error) = result { error } else { nil }
  }
}

public import EnvironmentKit
public import Randomness

/// The tasks of the maze.
///
/// Goals are uniform on the free part of a square, and not at the start. In the family `goal` they
/// all lie in ``MazeLayout/pinwheel``, and shifted ones in the band around the square. In the
/// family `layout` each has a room of its own, of 0.8 m to 1.1 m, with doors of 0.36 m in two or
/// three of its sides; shifted rooms have a single door.
public struct MazeTasks: TaskDistribution {
  private let parameters: MazeNavigation.Parameters

  /// The least distance of a goal from the centre, in m: an episode has to lead somewhere.
  private static let leastDistance: Float = 0.3
  /// The least distance of a goal from walls, in m: the robot can stand there, and a little more.
  private static let clearance = MazeNavigation.robotRadius + 0.02
  private static let roomHalfSides: ClosedRange<Float> = 0.4...0.55
  private static let doorWidth: Float = 0.36
  /// The least length of wall beside a door, in m.
  private static let doorPost: Float = 0.05

  init(_ parameters: MazeNavigation.Parameters) { self.parameters = parameters }

  /// Draws a task.
  ///
  /// - Parameters:
  ///   - split: Shifted tasks have goals around the others', or rooms with a single door.
  ///   - random: The stream to draw from.
  /// - Returns: A task whose goal can be reached.
  public func sample(split: TaskSplit, random: inout RandomStream) -> MazeNavigation.Task {
    switch parameters.task {
    case .goal:
      let goal = goal(in: .pinwheel, isShifted: split == .shifted, &random)
      return MazeNavigation.Task(goal: goal, layout: .pinwheel)
    case .layout:
      let layout = Self.room(doors: split == .shifted ? 1 : 2 + random.index(below: 2), &random)
      return MazeNavigation.Task(goal: goal(in: layout, isShifted: false, &random), layout: layout)
    }
  }

  /// The parameters' bounds leave every layout an eighth of the goals or more, so this ends.
  private func goal(
    in layout: MazeLayout, isShifted: Bool, _ random: inout RandomStream
  ) -> SIMD2<Float> {
    while true {
      let goal =
        isShifted
        ? random.point(inBand: parameters.goalRange...parameters.shiftedRange)
        : random.point(within: parameters.goalRange)
      let isClear = layout.walls.allSatisfy { $0.distance(to: goal) >= Self.clearance }
      if isClear, length(goal) >= Self.leastDistance { return goal }
    }
  }

  private static func room(doors count: Int, _ random: inout RandomStream) -> MazeLayout {
    let halfSide = random.uniform(in: roomHalfSides)
    let reach = halfSide - doorWidth / 2 - doorPost
    var doors = [Float?](repeating: nil, count: 4)
    var closed = Array(doors.indices)
    for _ in 0..<count {
      let side = closed.remove(at: random.index(below: closed.count))
      doors[side] = random.uniform(in: -reach...reach)
    }
    return .room(halfSide: halfSide, doors: doors, doorWidth: doorWidth)
  }
}

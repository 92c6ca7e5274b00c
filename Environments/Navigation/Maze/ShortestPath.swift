/// The lengths of the shortest ways to one goal among walls.
///
/// A shortest way among straight walls is made of straight pieces between the walls' ends. Walls
/// are drawn out at both ends by the robot's radius, so that its centre has room to go around them;
/// what is left of each end is a *turn*, a point just past it. The lengths from the turns to the
/// goal are computed once for a task; a step looks for the turn that is best from where the robot
/// is. The length is continuous in the position, and it has no local minimum but the goal.
struct ShortestPath: Sendable {
  private let goal: SIMD2<Float>
  private let barriers: [MazeLayout.Wall]
  private var turns: [Turn] = []

  private struct Turn {
    let point: SIMD2<Float>
    var length = Float.infinity
  }

  /// How far a turn lies past the end of its barrier, in m.
  private static let margin: Float = 1e-3

  init(to goal: SIMD2<Float>, in layout: MazeLayout, radius: Float) {
    self.goal = goal
    barriers = layout.walls.map { $0.drawnOut(by: radius) }
    // A turn nearer to the fence than the robot's radius is no way around.
    let room = MazeLayout.arenaHalfSide - radius
    for wall in layout.walls.map({ $0.drawnOut(by: radius + Self.margin) }) {
      for end in [wall.start, wall.end] where max(abs(end.x), abs(end.y)) <= room {
        turns.append(Turn(point: end))
      }
    }
    connect()
  }

  /// Fills in the turns' lengths, shortest first, and drops those that lead nowhere.
  private mutating func connect() {
    var open = turns
    var done: [Turn] = []
    for index in open.indices where isFree(from: open[index].point, to: goal) {
      open[index].length = Navigation.length(goal - open[index].point)
    }
    while let nearest = open.indices.min(by: { open[$0].length < open[$1].length }),
      open[nearest].length.isFinite
    {
      let turn = open.remove(at: nearest)
      done.append(turn)
      for index in open.indices {
        let length = turn.length + Navigation.length(turn.point - open[index].point)
        if length < open[index].length, isFree(from: open[index].point, to: turn.point) {
          open[index].length = length
        }
      }
    }
    turns = done
  }

  /// The length of the shortest way, in m, or nil where there is none.
  func reachableLength(from position: SIMD2<Float>) -> Float? {
    if isFree(from: position, to: goal) { return Navigation.length(goal - position) }
    var shortest = Float.infinity
    for turn in turns {
      let length = turn.length + Navigation.length(turn.point - position)
      if length < shortest, isFree(from: position, to: turn.point) { shortest = length }
    }
    return shortest.isFinite ? shortest : nil
  }

  /// The length of the shortest way, in m.
  ///
  /// The solver lets a robot sink into a wall's end by millimetres, where it may see no turn; the
  /// nearest one counts there.
  func length(from position: SIMD2<Float>) -> Float {
    reachableLength(from: position)
      ?? turns.reduce(Navigation.length(goal - position) + 2 * MazeLayout.arenaHalfSide) {
        min($0, $1.length + Navigation.length($1.point - position))
      }
  }

  /// Whether no barrier crosses the straight piece; touching isn't crossing.
  private func isFree(from start: SIMD2<Float>, to end: SIMD2<Float>) -> Bool {
    let piece = end - start
    for barrier in barriers {
      let along = barrier.end - barrier.start
      let sides = cross(along, start - barrier.start) * cross(along, end - barrier.start)
      if sides < 0,
        cross(piece, barrier.start - start) * cross(piece, barrier.end - start) < 0
      {
        return false
      }
    }
    return true
  }
}

extension MazeLayout.Wall {
  /// The wall with both ends moved outwards by a distance in m.
  fileprivate func drawnOut(by distance: Float) -> Self {
    let along = (distance / length(end - start)) * (end - start)
    return Self(from: start - along, to: end + along)
  }
}

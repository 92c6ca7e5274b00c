import EnvironmentKit
import Foundation
import Navigation
import Testing

@Suite struct MazeNavigationTests {
  private let open = MazeLayout(walls: [])

  private func world(
    goal: SIMD2<Float> = [0.9, 0.9], _ layout: MazeLayout = MazeLayout(walls: []),
    _ change: (inout MazeNavigation.Parameters) -> Void = { _ in }
  ) throws -> Driven<MazeNavigation> {
    var parameters = MazeNavigation.Parameters()
    parameters.startRange = 0
    change(&parameters)
    return try Driven<MazeNavigation>(parameters, task: .init(goal: goal, layout: layout))
  }

  @Test func `episodes start at rest in the square around the centre`() throws {
    var world = try Driven<MazeNavigation>(
      MazeNavigation.Parameters(), task: .init(goal: [0.3, 0]))
    var starts: Set<SIMD2<Float>> = []
    for seed in 0..<100 as Range<UInt64> {
      world.reset(.init(goal: [0.3, 0]), seed: seed)
      starts.insert(world.position)
      #expect(max(abs(world.position.x), abs(world.position.y)) <= 0.05)
      #expect(world["velocity x"] == 0 && world["velocity y"] == 0)
    }
    #expect(starts.count == 100)
  }

  @Test func `a constant force leads to the speed at which damping balances it`() throws {
    // In a viscous arena the robot gets there before the fence.
    var world = try world { $0.damping = 20 }
    for _ in 0..<50 { world.step(0.5, -1) }
    #expect(abs(world["velocity x"] - 0.05) < 1e-5)
    #expect(abs(world["velocity y"] + 0.1) < 1e-5)
  }

  @Test func `speed builds up by the closed form`() throws {
    var world = try world()
    for count in 1...8 {
      world.step(1, 0)
      // v' = F/m - c v from rest; the substeps' implicit damping is off by less than 3 %.
      let expected = 1 - exp(-2 * 0.1 * Float(count))
      #expect(abs(world["velocity x"] - expected) < 0.03 * expected)
    }
  }

  @Test func `actions are clipped, and what isn't a number counts as 0`() throws {
    var (clipped, plain) = try (world(), world())
    clipped.step(.infinity, .nan)
    plain.step(1, 0)
    #expect(clipped.observation == plain.observation)
  }

  @Test func `no wall is passed at full speed`() throws {
    for force: Float in [2, 20] {
      let wall = MazeLayout(walls: [.init(from: [0.5, -1], to: [0.5, 1])])
      var world = try world(goal: [-0.9, 0.9], wall) { $0.maximumForce = force }
      for side: Float in [-1, 1] {
        // Against the fence, and with the whole run-up against the wall.
        for _ in 0..<40 { world.step(side, 0.01) }
        let end: Float = side < 0 ? -1 + 0.08 : 0.5 - 0.08
        #expect(abs(world.position.x - end) < 0.02)
        #expect(abs(world["velocity x"]) < 1e-3)
      }
    }
  }

  @Test func `the robot glides along a wall without friction`() throws {
    let wall = MazeLayout(walls: [.init(from: [0.3, -1], to: [0.3, 1])])
    var (along, free) = try (world(goal: [-0.9, 0.9], wall), world(goal: [-0.9, 0.9]))
    for _ in 0..<10 {
      along.step(1, 0.5)
      free.step(0, 0.5)
    }
    #expect(abs(along.position.y - free.position.y) < 1e-5)
  }

  @Test func `range sensors tell the distance of walls and fence`() throws {
    let layout = MazeLayout(walls: [
      .init(from: [0.4, -0.1], to: [0.4, 0.1]), .init(from: [-0.5, 0.3], to: [-0.1, 0.7]),
    ])
    let world = try world(layout)
    let expected: [(String, Float)] = [
      ("east", 0.4), ("northeast", 1), ("north", 0.8), ("northwest", 0.4 * Float(2).squareRoot()),
      ("west", 1), ("southwest", 1), ("south", 1), ("southeast", 1),
    ]
    for (direction, range) in expected where direction != "north" {
      #expect(abs(world["range \(direction)"] - range) < 1e-5, "\(direction)")
    }
    // Past the end of the slanted wall.
    #expect(abs(world["range north"] - 1) < 1e-5)
  }

  @Test func `ranges shrink as the robot moves`() throws {
    var world = try world()
    for _ in 0..<10 { world.step(1, -0.3) }
    #expect(abs(world["range east"] - (1 - world.position.x)) < 1e-5)
    #expect(abs(world["range south"] - (1 + world.position.y)) < 1e-5)
    #expect(
      abs(world["range northeast"] - Float(2).squareRoot() * (1 - world.position.x)) < 1e-5)
  }

  @Test func `the dense reward is minus the shortest way around the walls`() throws {
    let wall = MazeLayout(walls: [.init(from: [0.5, -0.6], to: [0.5, 0.2])])
    let goal: SIMD2<Float> = [0.8, 0]
    var (behind, free) = try (world(goal: goal, wall), world(goal: goal))
    // Around the upper end, with the robot's radius as its distance: a millimetre of margin.
    let turn: SIMD2<Float> = [0.5, 0.2 + 0.08]
    let way = hypot(turn.x, turn.y) + hypot(goal.x - turn.x, goal.y - turn.y)
    #expect(abs(behind.step(0, 0).reward + way) < 0.002)
    #expect(abs(free.step(0, 0).reward + 0.8) < 1e-6)
  }

  @Test func `the way around two walls bends twice`() throws {
    let walls = MazeLayout(walls: [
      .init(from: [0.3, -1], to: [0.3, 0.5]), .init(from: [0.6, -0.5], to: [0.6, 1]),
    ])
    var world = try world(goal: [0.85, 0], walls)
    let turns: [SIMD2<Float>] = [[0, 0], [0.3, 0.58], [0.6, -0.58], [0.85, 0]]
    let way = zip(turns, turns.dropFirst()).reduce(Float(0)) {
      $0 + hypot($1.1.x - $1.0.x, $1.1.y - $1.0.y)
    }
    #expect(abs(world.step(0, 0).reward + way) < 0.004)
  }

  @Test func `the way changes no faster than the robot moves`() throws {
    var world = try world(goal: [0.75, 0.75], .pinwheel)
    var (last, lastReward) = (world.position, world.step(0, 0).reward)
    for action in extremeActions(3000) {
      let transition = world.step(action.x, action.y)
      let move = hypot(world.position.x - last.x, world.position.y - last.y)
      // Solver slop at a wall's end is a few millimetres.
      #expect(abs(transition.reward - lastReward) <= move + 0.015)
      (last, lastReward) = (world.position, transition.reward)
      if transition.terminated { world.reset(.init(goal: [0.75, 0.75])); break }
    }
  }

  @Test func `a robot that goes downhill reaches every goal`() throws {
    // From each position, the best of eight pushes by what the reward will be.
    for task in try tasks(MazeNavigation.self, .test, ["task": "layout"], count: 20) {
      var parameters = MazeNavigation.Parameters()
      parameters.horizon = 300
      parameters.goalTolerance = 0.12
      var world = try Driven<MazeNavigation>(parameters, task: task)
      var plan: [SIMD2<Float>] = []
      var isThere = false
      while plan.count < 250, !isThere {
        var best: (reward: Float, action: SIMD2<Float>) = (-.infinity, .zero)
        for eighth in 0..<8 {
          let angle = Float(eighth) * .pi / 4
          let action = 0.7 * SIMD2(cos(angle), sin(angle))
          world.reset(task)
          for past in plan { world.step(past.x, past.y) }
          var transition = Transition(reward: 0)
          for _ in 0..<3 where !transition.terminated {
            transition = world.step(action.x, action.y)
          }
          isThere = isThere || transition.terminated
          if transition.reward > best.reward { best = (transition.reward, action) }
        }
        plan += [best.action, best.action]
      }
      #expect(isThere, "\(task)")
    }
  }

  @Test func `the sparse reward is 1 at the goal, which ends the episode`() throws {
    var sparse = try world(goal: [0.5, 0]) { $0.reward = .sparse }
    var dense = try world(goal: [0.5, 0])
    for _ in 0..<30 {
      let (transition, other) = (sparse.step(1, 0), dense.step(1, 0))
      let distance = 0.5 - sparse.position.x
      #expect(transition == Transition(reward: distance < 0.1 ? 1 : 0, terminated: distance < 0.1))
      #expect(other.terminated == transition.terminated)
      #expect(abs(other.reward + distance) < 1e-6)
      if transition.terminated { return }
    }
    Issue.record("the goal wasn't reached")
  }

  @Test func `mirrored walls, goal and actions give the mirrored trajectory`() throws {
    let mirrored = MazeLayout(
      walls: MazeLayout.pinwheel.walls.map { wall in
        .init(from: [-wall.start.x, wall.start.y], to: [-wall.end.x, wall.end.y])
      })
    var plain = try world(goal: [0.7, 0.3], .pinwheel)
    var image = try world(goal: [-0.7, 0.3], mirrored)
    for action in randomActions(80, seed: 3) {
      let push = action + [0.2, 0.6]
      let rewards = (plain.step(push.x, push.y).reward, image.step(-push.x, push.y).reward)
      #expect(abs(plain.position.x + image.position.x) < 1e-4)
      #expect(abs(plain.position.y - image.position.y) < 1e-4)
      #expect(abs(plain["range northeast"] - image["range northwest"]) < 1e-3)
      #expect(abs(rewards.0 - rewards.1) < 1e-3)
    }
  }

  @Test func `an episode depends on its task, stream and actions alone`() throws {
    let drawn = try tasks(MazeNavigation.self, .train, ["task": "layout"], count: 3)
    let actions = extremeActions(100, seed: 4)
    var fresh = try Driven<MazeNavigation>(MazeNavigation.Parameters(), task: drawn[0], seed: 7)
    let expected = fresh.bits(of: actions)
    var used = try Driven<MazeNavigation>(MazeNavigation.Parameters(), task: drawn[1])
    for task in [drawn[2], drawn[0], drawn[1], drawn[0]] {
      used.reset(task, seed: 8)
      _ = used.bits(of: randomActions(60, seed: 5))
      used.reset(drawn[0], seed: 7)
      #expect(used.bits(of: actions) == expected)
    }
  }

  @Test func `observations stay within their bounds`() throws {
    try expectSound(MazeNavigation.self, ["observesTask": true], steps: 6000)
    try expectSound(MazeNavigation.self, ["task": "layout", "maximumForce": 20], steps: 6000)
  }
}

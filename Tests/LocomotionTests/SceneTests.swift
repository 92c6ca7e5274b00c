import EnvironmentKit
import Testing

@testable import Locomotion

@Suite struct SceneTests {
  @Test("the robot is in the middle of its scene, on the ground, and stays there as it moves")
  func body() throws {
    var cheetah = try Driven(HalfCheetah.self, task: .velocity(1))
    for step in 0...40 {
      let scene = try #require(cheetah.world.scene)
      let body = scene.shapes.filter { [.body, .limb, .farLimb].contains($0.role) }
      #expect(body.count == 5 + 6 * 2)
      for point in body.flatMap(\.points) {
        #expect(abs(point.x - (scene.lowerBound.x + scene.upperBound.x) / 2) < 1.5)
        #expect(point.y > -0.05 && point.y < scene.upperBound.y)
      }
      _ = cheetah.step(actions(6, step: step))
    }
  }

  @Test("the task is drawn: an arrow of its velocity, a ring at its weakened joint")
  func task() throws {
    var parameters = LocomotionParameters()
    for velocity in [1.5, -0.5] as [Float] {
      let driven = try Driven(HalfCheetah.self, parameters, task: .velocity(velocity))
      let goal = try #require(driven.world.scene).shapes.filter { $0.role == .goal }
      let xs = goal.flatMap(\.points).map(\.x)
      #expect(abs((velocity > 0 ? xs.max()! : xs.min()!) - velocity / 2) < 0.05)
    }
    parameters.task = .dynamics
    var task = LocomotionTask()
    task.dynamics.weakJoint = 3
    task.dynamics.weakStrength = 0.25
    let scene = try #require(Driven(HalfCheetah.self, parameters, task: task).world.scene)
    #expect(scene.caption.contains("front thigh x 0.25"))
    let ring = try #require(scene.shapes.first { $0.role == .change })
    #expect(abs(ring.points[0].x - 0.5) < 0.1)
  }

  @Test("the walker's rays end on the ground that is drawn")
  func walker() throws {
    let driven = try Driven(Walker.self, .original, task: LocomotionTask())
    let scene = try #require(driven.world.scene)
    let rays = scene.shapes.filter { $0.role == .ray }
    #expect(rays.count == 10)
    // The first looks straight down on the flat start.
    #expect(abs(rays[0].points[1].y - 400.0 / 30 / 4) < 0.02)
    #expect(scene.shapes.count { $0.role == .farLimb } == 2)
  }
}

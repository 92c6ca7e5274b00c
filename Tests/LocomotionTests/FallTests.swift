import Randomness
import Testing

@testable import Locomotion

@Suite struct FallTests {
  @Test func `a hopper that kneels has fallen, one that stands has not`() throws {
    var random = RandomStream(seed: 1, purpose: .environment)
    func isUpright(_ change: (inout RobotDescription) -> Void) throws -> Bool {
      var robot = HopperBody.description
      change(&robot)
      var world = try LeggedWorld(robot, solver: LocomotionParameters().solver, duration: 1)
      world.reset(dynamics: Dynamics(), terrain: Terrain(), noise: 0, random: &random)
      return world.isUpright
    }
    let kneel = { (robot: inout RobotDescription) in
      (robot.limbs[0].rest, robot.limbs[1].rest) = (0, -2.4)
      robot.uprightBounds?.height = 0.5
    }
    #expect(try isUpright { _ in })
    #expect(try !isUpright(kneel))
    #expect(
      try isUpright {
        kneel(&$0)
        $0.uprightBounds?.knee = -1
      })
  }
}

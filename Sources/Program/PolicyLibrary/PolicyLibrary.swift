internal import CPolicy
internal import Deployment

// The functions of `fledge_policy.h`, which says what they do and how they fail.

/// Opens a folder of an export.
@c @implementation
public func fledge_policy_open(
  _ folder: UnsafePointer<CChar>?, _ seed: UInt64, _ message: UnsafeMutablePointer<CChar>?,
  _ capacity: Int
) -> OpaquePointer? {
  do {
    guard let folder else { throw PolicyMisuse("the folder is NULL, expected a path") }
    let exported = try ExportedPolicy(folder: String(cString: folder))
    let handle = PolicyHandle(try PolicySession(exported, seed: seed))
    return OpaquePointer(Unmanaged.passRetained(handle).toOpaque())
  } catch {
    copy("\(error)", to: message, capacity)
    return nil
  }
}

/// Ends the use of a policy.
@c @implementation
public func fledge_policy_close(_ policy: OpaquePointer?) {
  guard let policy else { return }
  Unmanaged<PolicyHandle>.fromOpaque(UnsafeRawPointer(policy)).release()
}

/// Why the last call that failed did.
@c @implementation
public func fledge_policy_error(_ policy: OpaquePointer?) -> UnsafePointer<CChar>? {
  handle(policy).map { UnsafePointer($0.message) }
}

/// What `policy.json` says.
@c @implementation
public func fledge_policy_description(_ policy: OpaquePointer?) -> UnsafePointer<CChar>? {
  handle(policy).map { UnsafePointer($0.description) }
}

/// The numbers in an observation.
@c @implementation
public func fledge_policy_observation_width(_ policy: OpaquePointer?) -> Int32 {
  handle(policy).map { Int32($0.session.widths.observation) } ?? 0
}

/// The numbers in an action.
@c @implementation
public func fledge_policy_action_width(_ policy: OpaquePointer?) -> Int32 {
  handle(policy).map { Int32($0.session.widths.action) } ?? 0
}

/// Makes room for other numbers of episodes and steps.
@c @implementation
public func fledge_policy_make_room(
  _ policy: OpaquePointer?, _ episodes: Int32, _ steps: Int32
) -> Bool {
  attempt(policy) { session throws(PolicyMisuse) in
    try session.makeRoom(episodes: Int(episodes), steps: Int(steps))
  }
}

/// How many episodes are kept.
@c @implementation
public func fledge_policy_kept_episodes(_ policy: OpaquePointer?) -> Int32 {
  handle(policy).map { Int32($0.session.keptEpisodes) } ?? 0
}

/// Begins an episode.
@c @implementation
public func fledge_policy_begin(_ policy: OpaquePointer?, _ mode: Int32) -> Bool {
  attempt(policy) { session throws(PolicyMisuse) in
    guard let mode = PolicySession.Mode(rawValue: mode) else {
      throw PolicyMisuse(
        "the mode is \(mode), expected FLEDGE_EXPLORE, FLEDGE_DRAW or FLEDGE_LIKELIEST")
    }
    try session.begin(mode)
  }
}

/// Acts.
@c @implementation
public func fledge_policy_act(
  _ policy: OpaquePointer?, _ observation: UnsafePointer<Float>?,
  _ action: UnsafeMutablePointer<Float>?
) -> Bool {
  attempt(policy) { session throws(PolicyMisuse) in
    guard let action else { throw PolicyMisuse("the action is NULL, expected room for one") }
    try session.act(required(observation), action)
  }
}

/// Tells the reward of the last action.
@c @implementation
public func fledge_policy_observe(_ policy: OpaquePointer?, _ reward: Float) -> Bool {
  attempt(policy) { session throws(PolicyMisuse) in try session.observe(reward: reward) }
}

/// Ends an episode.
@c @implementation
public func fledge_policy_end(
  _ policy: OpaquePointer?, _ observation: UnsafePointer<Float>?, _ terminated: Bool
) -> Bool {
  attempt(policy) { session throws(PolicyMisuse) in
    guard let observation else { return try session.drop() }
    try session.end(observation, terminated: terminated)
  }
}

/// Keeps an episode that was recorded elsewhere.
@c @implementation
public func fledge_policy_record(
  _ policy: OpaquePointer?, _ steps: Int32, _ observations: UnsafePointer<Float>?,
  _ actions: UnsafePointer<Float>?, _ drawn: UnsafePointer<Float>?,
  _ rewards: UnsafePointer<Float>?, _ terminated: Bool
) -> Bool {
  attempt(policy) { session throws(PolicyMisuse) in
    guard let observations, let rewards, actions != nil || drawn != nil else {
      throw PolicyMisuse("observations, actions or rewards are NULL, expected arrays of them")
    }
    try session.record(
      steps: Int(steps), observations: observations, actions: actions, drawn: drawn,
      rewards: rewards, terminated: terminated)
  }
}

/// Learns from the episodes that are kept.
@c @implementation
public func fledge_policy_adapt(_ policy: OpaquePointer?, _ steps: Int32) -> Bool {
  attempt(policy) { session throws(PolicyMisuse) in try session.adapt(steps: Int(steps)) }
}

/// Forgets the task.
@c @implementation
public func fledge_policy_forget(_ policy: OpaquePointer?) -> Bool {
  attempt(policy) { session throws(PolicyMisuse) in try session.forget() }
}

/// Writes a folder with the policy as it is now.
@c @implementation
public func fledge_policy_save(
  _ policy: OpaquePointer?, _ folder: UnsafePointer<CChar>?
) -> Bool {
  attempt(policy) { session in
    guard let folder else { throw PolicyMisuse("the folder is NULL, expected a path") }
    try session.current.write(to: String(cString: folder))
  }
}

private func required(
  _ observation: UnsafePointer<Float>?
) throws(PolicyMisuse) -> UnsafePointer<Float> {
  guard let observation else { throw PolicyMisuse("the observation is NULL, expected numbers") }
  return observation
}

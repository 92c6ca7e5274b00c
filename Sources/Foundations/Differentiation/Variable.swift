/// A value in a computation that remembers what it was computed from, as far as derivatives are
/// wanted.
///
/// An operation on variables computes its value at once and, if one of its inputs is tracked, records
/// how a cotangent of the output turns into cotangents of the inputs. That rule is itself written in
/// operations on variables, so the gradient of a gradient needs nothing new.
///
/// Variables and what they recorded belong to one thread at a time.
public struct Variable<Scalar: TensorScalar> {
  /// The value.
  public internal(set) var value: Tensor<Scalar>
  let node: Node<Scalar>?

  init(value: Tensor<Scalar>, node: Node<Scalar>?) {
    self.value = value
    self.node = node
  }

  /// A constant: no derivative passes through it.
  public init(_ value: Tensor<Scalar>) { self.init(value: value, node: nil) }

  /// A constant number.
  public init(_ scalar: Scalar) { self.init(Tensor(scalar: scalar)) }

  /// A starting point of differentiation.
  public static func tracked(_ value: Tensor<Scalar>) -> Variable {
    Variable(value: value, node: Node(edges: []))
  }

  /// Whether derivatives with respect to this variable, or what it came from, are recorded.
  public var isTracked: Bool { node != nil }

  /// The sides of the value.
  public var shape: Shape { value.shape }

  /// The same value as a constant (the papers' stop-gradient).
  public var detached: Variable { Variable(value) }
}

/// One run of an operation's pullback: with a record of its own, or in plain numbers.
struct Pass<Scalar: TensorScalar> {
  let isRecording: Bool
  /// The record of the operation whose pullback runs.
  let node: Node<Scalar>

  /// A captured variable as this pass sees it.
  func callAsFunction(_ variable: Variable<Scalar>) -> Variable<Scalar> {
    isRecording ? variable : variable.detached
  }

  /// The operation's own output, which its pullback cannot capture without keeping itself alive.
  func output(_ value: Tensor<Scalar>) -> Variable<Scalar> {
    Variable(value: value, node: isRecording ? node : nil)
  }
}

/// What an operation recorded: where its tracked inputs came from, and a pullback for each.
final class Node<Scalar: TensorScalar> {
  /// Turns the output's cotangent into this input's, added to `sum` where one is there.
  typealias Pullback = (
    _ cotangent: Variable<Scalar>, _ sum: consuming Variable<Scalar>?, _ pass: Pass<Scalar>
  ) -> Variable<Scalar>

  struct Edge {
    let input: Node
    let pullback: Pullback
  }

  let edges: [Edge]
  /// Scratch for the traversal: this node's place in the order being built, or -1.
  var place = -1

  init(edges: [Edge]) { self.edges = edges }
}

extension Variable {
  /// A pullback that is built only if its input is tracked.
  typealias Rule = () -> Node<Scalar>.Pullback

  /// The output of an operation, recorded if an input is tracked.
  ///
  /// Each differentiable input is followed by its pullback; `total` is the record of what the output
  /// was accumulated into: cotangents pass on to it.
  static func output(
    _ value: Tensor<Scalar>, plus total: Node<Scalar>? = nil,
    _ first: Variable, _ firstRule: @autoclosure Rule,
    _ second: Variable? = nil, _ secondRule: @autoclosure Rule = identity,
    _ third: Variable? = nil, _ thirdRule: @autoclosure Rule = identity
  ) -> Variable {
    var edges: [Node<Scalar>.Edge] = []
    if let node = first.node { edges.append(.init(input: node, pullback: firstRule())) }
    if let node = second?.node { edges.append(.init(input: node, pullback: secondRule())) }
    if let node = third?.node { edges.append(.init(input: node, pullback: thirdRule())) }
    if let total { edges.append(.init(input: total, pullback: identity)) }
    return Variable(value: value, node: edges.isEmpty ? nil : Node(edges: edges))
  }

  /// The output of an operation that gave its input's memory away and kept the record alone.
  static func output(
    _ value: Tensor<Scalar>, from input: Node<Scalar>?, _ rule: @autoclosure Rule
  ) -> Variable {
    Variable(
      value: value, node: input.map { Node(edges: [.init(input: $0, pullback: rule())]) })
  }

  /// Passes a cotangent on unchanged.
  static var identity: Node<Scalar>.Pullback {
    { cotangent, sum, _ in cotangent.added(to: sum) }
  }
}

public import Differentiation
public import Randomness

/// A network as a function of explicit parameters: rows of numbers in, rows of numbers out. One network serves any number
/// of adapted copies.
///
/// A network is one file. What it must have is its outputs as recorded operations; acting without a record and
/// derivatives that are written out may come besides, where they are worth their lines: otherwise both follow from the
/// record. One that remembers from row to row is a ``RecurrentNetwork``.
public protocol Network: Sendable, Equatable {
  /// The numbers in a row of inputs.
  var inputWidth: Int { get }
  /// The numbers in a row of outputs.
  var outputWidth: Int { get }
  /// Names and shapes of the parameters. The last layer's are named `layers.l.…` with the greatest l.
  var parameters: [(name: String, shape: Shape)] { get }
  /// The place among the parameters of the first layer's biases, `[1, width]`, which a context vector joins; nil where
  /// none can.
  var contextBiases: Int? { get }
  /// The numbers that are held of a row on its way, at the least.
  var heldNumbers: Int { get }
  /// The numbers that are remembered from one row of a sequence to the next; 0 where each row stands alone.
  var memoryWidth: Int { get }

  /// Fresh parameters.
  ///
  /// - Parameters:
  ///   - random: The stream they are drawn from.
  ///   - outputGain: Factor on the last layer's weights.
  /// - Returns: As laid out by ``parameters``.
  func initialParameters(_ random: inout RandomStream, outputGain: Float) -> [Tensor<Float>]

  /// The outputs for rows of inputs that stand alone, recorded.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by ``parameters``; further ones behind them are left alone.
  ///   - inputs: `[row, input]`.
  /// - Returns: `[row, output]`.
  func outputs<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>
  ) -> Variable<Scalar>

  /// The outputs for sequences of inputs, recorded.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by ``parameters``; further ones behind them are left alone.
  ///   - inputs: Rows, `[row, input]`, and where sequences begin.
  /// - Returns: `[row, output]`.
  func outputs<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Sequences<Scalar>
  ) -> Variable<Scalar>

  /// What computes outputs for acting, for at most `capacity` rows at a time.
  func makeForward(capacity: Int) -> any ForwardPass

  /// The network at one point, where its derivatives are taken.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by ``parameters``; further ones behind them are left alone.
  ///   - inputs: Rows, `[row, input]`, and where sequences begin.
  ///   - cache: What acting kept of these very inputs and parameters; otherwise empty.
  /// - Returns: Its outputs, and what derivatives are prepared from.
  func point<Scalar>(
    _ parameters: [Tensor<Scalar>], _ inputs: Sequences<Scalar>, cache: ForwardCache<Scalar>
  ) -> any NetworkPoint<Scalar>

  /// Describes what the network computes of a row, for exports.
  ///
  /// - Parameters:
  ///   - graph: Receives the operations.
  ///   - inputs: What the network is shown.
  ///   - memory: What it remembers; nil for a network that doesn't.
  ///   - start: The place of its first parameter among those of the whole network that it is part of.
  /// - Returns: What goes out; nil where it doesn't describe itself.
  func describe(
    in graph: inout NetworkGraph, _ inputs: NetworkGraph.Value, memory: NetworkGraph.Value?,
    parametersFrom start: Int
  ) -> NetworkGraph.Ends?
}

/// What a network computed of rows of inputs while acting, as far as its derivatives follow from it: only the network
/// that made it knows what it is.
public struct ForwardCache<Scalar: TensorScalar>: Sendable {
  /// `[part][row, width]`
  public let parts: [Tensor<Scalar>]

  /// Nothing.
  public static var empty: ForwardCache { ForwardCache([]) }

  /// What was kept, `[part][row, width]`.
  public init(_ parts: [Tensor<Scalar>]) { self.parts = parts }

  /// What was kept of some rows.
  public func rows(_ range: Range<Int>) -> ForwardCache {
    ForwardCache(parts.map { $0.rows(range) })
  }
}

/// A network's outputs in plain numbers, with nothing recorded and into memory kept from call to call: what acting needs.
///
/// It belongs to one thread at a time.
public protocol ForwardPass: AnyObject {
  /// The widths of what is kept of each row, because derivatives follow from it; empty for nothing.
  var cachedWidths: [Int] { get }

  /// Sets the parameters that later calls use, as the network lays them out.
  func set(_ parameters: [Tensor<Float>])

  /// The outputs for rows of inputs, each of another sequence.
  ///
  /// - Parameters:
  ///   - rows: How many, at most the capacity.
  ///   - inputs: `[rows, input]`.
  ///   - memory: What is remembered of each row's sequence, and after the call what is remembered then, `[rows, memory]`.
  /// - Returns: `[rows, output]`, until the next call.
  func outputs(
    rows: Int, _ inputs: UnsafePointer<Float>, memory: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float>

  /// What was kept of the last rows, `[rows, width]`, until the next call.
  func cached(_ part: Int) -> UnsafePointer<Float>
}

/// A network's values for rows of inputs: where its derivatives are taken.
public protocol NetworkPoint<Scalar> {
  associatedtype Scalar: TensorScalar

  /// `[row, output]`
  var outputs: Tensor<Scalar> { get }

  /// The Jacobian of the outputs with respect to the parameters, prepared to be applied often.
  func jacobian() -> any NetworkJacobian<Scalar>

  /// The derivatives of a loss of the outputs.
  ///
  /// - Parameters:
  ///   - cotangent: The loss's gradient with respect to the outputs, `[row, output]`.
  ///   - products: How many products with the Hessian will be asked for.
  /// - Returns: The gradient, and what products are made from.
  func curvature(
    cotangent: Tensor<Scalar>, products: HessianProducts
  ) -> any NetworkCurvature<Scalar>
}

/// The Jacobian J of a network's outputs with respect to its parameters, at one point.
public protocol NetworkJacobian<Scalar> {
  associatedtype Scalar: TensorScalar

  /// `J v`, `[row, output]`, for `v` with one tensor for each of the network's parameters.
  func pushforward(_ tangents: [Tensor<Scalar>]) -> Tensor<Scalar>

  /// `Jᵀ u`, one for each of the network's parameters, for `u` of shape `[row, output]`.
  func pullback(_ cotangent: Tensor<Scalar>) -> [Tensor<Scalar>]
}

/// The gradient of a loss of a network's outputs, and products with its Hessian, at one point.
public protocol NetworkCurvature<Scalar> {
  associatedtype Scalar: TensorScalar

  /// With respect to the network's parameters, one for each.
  var gradient: [Tensor<Scalar>] { get }

  /// The Hessian times a direction of the parameters.
  ///
  /// - Parameters:
  ///   - direction: One tensor for each of the network's parameters.
  ///   - bend: How the loss's gradient with respect to the outputs moves when the outputs move so, both `[row, output]`.
  /// - Returns: One for each of the network's parameters.
  func product(
    along direction: [Tensor<Scalar>], bend: (Tensor<Scalar>) -> Tensor<Scalar>
  ) -> [Tensor<Scalar>]
}

/// How many products with a Hessian will be asked for: more can be prepared the more there are.
public enum HessianProducts: Sendable {
  /// None: the gradient alone.
  case none
  /// A few, as in one policy gradient.
  case few
  /// Many at the same point, as in conjugate gradient.
  case many
}

extension Network {
  /// Whether another network is the same one.
  public func isSame(as other: any Network) -> Bool { (other as? Self) == self }
}

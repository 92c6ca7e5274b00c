internal import Differentiation
internal import Models

extension NetworkGraph {
  /// The values of all operations, which hold a network's description to its outputs.
  ///
  /// - Parameters:
  ///   - parameters: The network's.
  ///   - inputs: What it is shown, `[row, input]`.
  ///   - memory: What it remembers, `[row, memory]`; nil for nothing.
  /// - Returns: Of each operation, `[row, width]`.
  func values<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>, memory: Variable<Scalar>?
  ) -> [Variable<Scalar>] {
    var values: [Variable<Scalar>] = []
    for operation in operations {
      let of = { (value: Value) in values[value.index] }
      let value: Variable<Scalar> =
        switch operation {
        case .inputs: inputs
        case .memory: memory ?? inputs
        case .affine(let x, let weight, let bias):
          Differentiation.affine(of(x), parameters[weight], parameters[bias])
        case .activation(let activation, let x): activation(of(x))
        case .logistic(let x): of(x).logistic
        case .sum(let a, let b): of(a) + of(b)
        case .difference(let a, let b): of(a) - of(b)
        case .product(let a, let b): of(a) * of(b)
        case .columns(let x, let range): of(x).columns(range)
        case .beside(let parts):
          parts.dropFirst().reduce(of(parts[0])) { $0.beside(of($1)) }
        }
      values.append(value)
    }
    return values
  }
}

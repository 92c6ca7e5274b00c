internal import Adaptation
internal import Differentiation
internal import Models

extension ParameterLayout {
  /// A vector with 0 for a context: each task begins with a context of 0, which no outer method moves
  /// (CAVIA, Zintgraf et al. 2019, algorithm 1). What is learned of it are the weights that it enters by.
  ///
  /// - Parameter vector: `[1, parameter]`, such as an outer gradient.
  /// - Returns: The same where there is no context.
  func withoutContext(_ vector: Tensor<Float>) -> Tensor<Float> {
    guard entries.contains(where: { $0.name == ContextVector.name }) else { return vector }
    return vector.multiplied(by: filled { $0 == ContextVector.name ? 0 : 1 })
  }
}

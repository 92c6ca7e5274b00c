package import Differentiation

/// What is known of some tasks' latent variables: independent normal distributions.
///
/// Each step of a task says something of them, a normal distribution too, and what all of them say together is the product:
/// the order of steps doesn't matter. The distribution before any step, the standard normal one, is no factor of it.
///
/// Source: Rakelly et al., "Efficient off-policy meta-reinforcement learning via probabilistic context variables", 2019,
/// equation 2.
package struct LatentPosterior<Scalar: TensorScalar> {
  /// The sum of the factors' precisions, `[task, latent]`.
  let precision: Variable<Scalar>
  /// The sum of their means, each times its precision, `[task, latent]`.
  let weightedMean: Variable<Scalar>

  init(precision: Variable<Scalar>, weightedMean: Variable<Scalar>) {
    (self.precision, self.weightedMean) = (precision, weightedMean)
  }

  /// The standard normal distribution, as one factor.
  package init(standardNormal latentSize: Int) {
    let shape = Shape(1, latentSize)
    self.init(
      precision: Variable(Tensor(shape, repeating: 1)),
      weightedMean: Variable(Tensor(shape, repeating: 0)))
  }

  /// The product of what the steps of some tasks say.
  ///
  /// - Parameters:
  ///   - encoded: Of each step the mean, then what the variance is the softplus of, `[step, 2 latent]`.
  ///   - starts: Where each task's steps start, and where the last one's end, `[task + 1]`; each has at least one.
  package init(_ encoded: Variable<Scalar>, starts: [Int]) {
    let size = encoded.shape.columns / 2
    let spread = encoded.columns(size..<2 * size).softplus
    // As in the paper's code: a step can't be surer than this.
    let least = Variable(Tensor<Scalar>(spread.shape, repeating: 1e-7))
    let variance = least + (spread - least).rectified()
    let precision = Variable(Tensor<Scalar>(spread.shape, repeating: 1)) / variance
    let weighted = encoded.columns(0..<size) * precision
    self.init(
      precision: precision.sums(ofRuns: starts), weightedMean: weighted.sums(ofRuns: starts))
  }

  /// The distribution by the factors of two.
  package func multiplied(by other: LatentPosterior) -> LatentPosterior {
    LatentPosterior(
      precision: precision + other.precision, weightedMean: weightedMean + other.weightedMean)
  }

  /// `[task, latent]`
  package var mean: Variable<Scalar> { weightedMean / precision }

  /// The standard deviation, `[task, latent]`.
  package var deviation: Variable<Scalar> { precision.logarithm.scaled(by: -0.5).exponential }

  /// A sample of each task's, `[task, latent]`, from standard normal noise of that shape.
  package func sample(noise: Tensor<Scalar>) -> Variable<Scalar> {
    mean + deviation * Variable(noise)
  }

  /// The divergence of each task's distribution from the standard normal one, in nats, `[task, 1]`.
  package var divergence: Variable<Scalar> {
    let variance = deviation.squared
    let half = Variable(Tensor<Scalar>(precision.shape, repeating: 0.5))
    return ((variance + mean.squared + precision.logarithm).scaled(by: 0.5) - half).sumOverColumns()
  }
}

extension Variable {
  /// The sums over runs of rows, `[run, column]`.
  fileprivate func sums(ofRuns starts: [Int]) -> Variable {
    let count = starts.count - 1
    if count == 1 { return sumOverRows() }
    return (1..<count).reduce(sum(ofRun: 0, starts)) { sums, run in
      sum(ofRun: run, starts, plus: sums)
    }
  }

  /// The sum over a run in its place among all.
  private func sum(ofRun run: Int, _ starts: [Int], plus others: Variable? = nil) -> Variable {
    rows(at: Array(starts[run]..<starts[run + 1])).sumOverRows()
      .placed(atRows: [run], of: starts.count - 1, plus: others)
  }
}

internal import Foundation

/// How far from 0 a variable with Student's t distribution is at most, with a probability.
///
/// With t = √ν tan φ its density is proportional to cos^(ν - 1) φ, which is integrated by the trapezoidal
/// rule over a finite range: to three digits for ν of at least 1.
///
/// - Parameters:
///   - level: The probability of lying between the negative and the positive quantile.
///   - degreesOfFreedom: ν, at least 1, not necessarily whole.
/// - Returns: The positive quantile.
func studentQuantile(level: Double, degreesOfFreedom: Double) -> Double {
  // Rounding may leave a sum of variances a little below its least value.
  let freedom = max(degreesOfFreedom, 1)
  let count = 4_000
  let width = Double.pi / 2 / Double(count)
  let heights = (0...count).map { pow(max(cos(Double($0) * width), 0), freedom - 1) }
  var cumulative = [0.0]
  for (left, right) in zip(heights, heights.dropFirst()) {
    cumulative.append(cumulative[cumulative.count - 1] + (left + right) / 2)
  }
  let sought = level * cumulative[count]
  let step = cumulative.firstIndex { $0 > sought } ?? count
  let below = cumulative[step - 1]
  let angle = (Double(step - 1) + (sought - below) / (cumulative[step] - below)) * width
  return freedom.squareRoot() * tan(angle)
}

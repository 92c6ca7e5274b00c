internal import Differentiation
internal import Models
internal import Parallel
internal import Policies

/// Number, sum and sum of squares of some numbers: what mean and deviation follow from.
struct ReturnMoments: Summable {
  private var count = 0.0
  private var sum = 0.0
  private var squares = 0.0

  init(of values: [Double]) {
    count = Double(values.count)
    for value in values {
      sum += value
      squares += value * value
    }
  }

  var mean: Double { sum / max(count, 1) }
  var deviation: Double { max(squares / max(count, 1) - mean * mean, 0).squareRoot() }

  /// A number less the mean, in units of the deviation.
  func standardized(_ value: Double) -> Double { (value - mean) / (deviation + 1e-8) }

  init(from message: inout Message) {
    (count, sum, squares) = (message.read(), message.read(), message.read())
  }

  func write(to message: inout Message) {
    for number in [count, sum, squares] { message.write(number) }
  }

  static func + (left: ReturnMoments, right: ReturnMoments) -> ReturnMoments {
    var sum = left
    sum.count += right.count
    sum.sum += right.sum
    sum.squares += right.squares
    return sum
  }
}

/// What a critic's predictions are in units of: mean and deviation of the returns that it has seen of late.
///
/// When the units change, the last layer changes with them, so that the values stay what they were.
///
/// Source: van Hasselt, Guez, Hessel, Mnih and Silver, "Learning values across many orders of magnitude", 2016, section 2.
struct ValueScale: Equatable {
  /// Its name among what a method carries along.
  static let name = "trials/valueScale"
  /// How far the units go towards those of new returns.
  private static let rate = 0.1

  private(set) var mean = 0.0
  private(set) var deviation = 1.0
  /// Whether any returns were seen.
  private var isKnown = false

  init() {}

  init(_ numbers: [Double]?) {
    guard let numbers, numbers.count == 3 else { return }
    (mean, deviation, isKnown) = (numbers[0], numbers[1], numbers[2] == 1)
  }

  /// As a checkpoint has them.
  var numbers: [Double] { [mean, deviation, isKnown ? 1 : 0] }

  func value(ofPrediction prediction: Float) -> Double { mean + deviation * Double(prediction) }

  func prediction(ofValue value: Double) -> Double { (value - mean) / deviation }

  /// The units after some returns: theirs if they are the first, else a little nearer to theirs.
  func moved(toward returns: ReturnMoments) -> ValueScale {
    var moved = self
    let rate = isKnown ? Self.rate : 1
    moved.mean += rate * (returns.mean - mean)
    moved.deviation += rate * (max(returns.deviation, 1e-3) - deviation)
    moved.isKnown = true
    return moved
  }
}

extension Policy {
  /// Parameters whose values in new units are what they were in the old ones.
  func rescalingValue(
    _ parameters: Tensor<Float>, from old: ValueScale, to new: ValueScale
  ) -> Tensor<Float> {
    let last = network.parameters.count - 1
    let factor = Float(old.deviation / new.deviation)
    let shift = Float((old.mean - new.mean) / new.deviation)
    var tensors = layout.tensors(of: parameters)
    for index in [last - 1, last] {
      let shape = tensors[index].shape
      var elements = tensors[index].elements
      for row in 0..<shape.rows {
        let place = (row + 1) * shape.columns - 1
        elements[place] = factor * elements[place] + (index == last ? shift : 0)
      }
      tensors[index] = Tensor(shape, elements)
    }
    return layout.vector(of: tensors.map { Variable($0) })
  }
}

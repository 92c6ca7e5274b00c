import Differentiation
import Testing

@Suite struct ImageTests {
  @Test(
    "A convolution is the sum over each window",
    arguments: [(1, 0), (1, 1), (2, 0), (2, 1), (3, 2)], [1, 2, 7])
  func convolutionDirectly(steps: (stride: Int, padding: Int), channels: Int) {
    for (height, width, side) in [(7, 5, 3), (4, 9, 2), (3, 3, 1)] {
      let geometry = ConvolutionGeometry(
        images: 3, height: height, width: width, channels: channels, side: side,
        stride: steps.stride, padding: steps.padding)
      let images = values(geometry.imageShape, seed: 1)
      let weights = values(Shape(geometry.patchShape.columns, 5), seed: 2)
      let biases = values(Shape(1, 5), seed: 3)
      let output = convolution(
        Variable(images), Variable(weights), geometry, plus: Variable(biases))
      let expected = direct(geometry, images, weights, biases)
      #expect(output.shape == expected.shape)
      #expect(output.value.adding(expected, scaledBy: -1).norm < 1e-12)
    }
  }

  /// The definition, pixel by pixel.
  private func direct(
    _ geometry: ConvolutionGeometry, _ images: Tensor<Double>, _ weights: Tensor<Double>,
    _ biases: Tensor<Double>
  ) -> Tensor<Double> {
    let (height, width, side) = (geometry.height, geometry.width, geometry.side)
    var sums: [Double] = []
    for image in 0..<geometry.images {
      for y in 0..<geometry.outputHeight {
        for x in 0..<geometry.outputWidth {
          for out in 0..<weights.shape.columns {
            var sum = biases[0, out]
            for row in 0..<side {
              for column in 0..<side {
                let (top, left) = (
                  y * geometry.stride + row - geometry.padding,
                  x * geometry.stride + column - geometry.padding
                )
                guard (0..<height).contains(top), (0..<width).contains(left) else { continue }
                for channel in 0..<geometry.channels {
                  sum +=
                    images[(image * height + top) * width + left, channel]
                    * weights[(row * side + column) * geometry.channels + channel, out]
                }
              }
            }
            sums.append(sum)
          }
        }
      }
    }
    return Tensor(
      Shape(geometry.images * geometry.outputHeight * geometry.outputWidth, biases.count), sums)
  }

  @Test("Pooling takes the largest of four and leaves an odd border out")
  func pooling() {
    let images = values(Shape(2 * 5 * 7, 3), seed: 4)
    let pooled = Variable(images).maximumPooled(height: 5, width: 7)
    #expect(pooled.shape == Shape(2 * 2 * 3, 3))
    for image in 0..<2 {
      for (y, x, channel) in [(0, 0, 0), (1, 2, 1), (1, 0, 2), (0, 1, 1)] {
        let corner = (image * 5 + 2 * y) * 7 + 2 * x
        let largest = [0, 1, 7, 8].map { images[corner + $0, channel] }.max()
        #expect(pooled.value[(image * 2 + y) * 3 + x, channel] == largest)
      }
    }
  }

  @Test("Normalized columns have mean 0 and variance 1, however far off they were")
  func normalization() {
    // More columns than stand on the stack at once, more rows than are added in one go.
    let shape = Shape(100, 300)
    let input = Tensor(shape, values(shape, seed: 5).elements.map { 1e4 + $0 })
    let output = Variable(input).normalizedOverRows(epsilon: 1e-5)
    let moments = input.momentsOverRows()
    for column in [0, 17, 255, 256, 299] {
      let entries = (0..<shape.rows).map { input[$0, column] }
      let mean = entries.reduce(0, +) / 100
      let variance = entries.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100
      #expect(abs(moments.mean[0, column] - mean) < 1e-9)
      #expect(abs(moments.variance[0, column] - variance) < 1e-9)
      for row in [0, 31, 99] {
        let expected = (entries[row] - mean) / (variance + 1e-5).squareRoot()
        #expect(abs(output.value[row, column] - expected) < 1e-9)
      }
    }
    let given = Variable(input).normalized(
      mean: moments.mean, variance: moments.variance, epsilon: 1e-5)
    #expect(given.value.adding(output.value, scaledBy: -1).norm < 1e-7)
  }

  @Test("Normalized rows are normalized columns of the transpose")
  func layerNormalization() {
    let (rows, columns) = (7, 50)
    let input = values(Shape(rows, columns), seed: 6)
    let transpose = Tensor(
      Shape(columns, rows), (0..<columns).flatMap { c in (0..<rows).map { input[$0, c] } })
    let output = Variable(input).normalizedOverColumns(epsilon: 1e-5).value
    let other = Variable(transpose).normalizedOverRows(epsilon: 1e-5).value
    for row in 0..<rows {
      for column in 0..<columns { #expect(abs(output[row, column] - other[column, row]) < 1e-12) }
    }
  }

  @Test("A network of all of them and its curvature agree in single and double precision")
  func precisions() {
    let double = curvature(Double.self)
    let single = curvature(Float.self).map { $0.converted(to: Double.self) }
    for (double, single) in zip(double, single) {
      #expect(single.adding(double, scaledBy: -1).norm < 2e-4 * double.norm)
    }
  }

  /// The curvature of a small network's loss along one direction.
  private func curvature<Scalar: TensorScalar>(_ type: Scalar.Type) -> [Tensor<Scalar>] {
    let geometry = ConvolutionGeometry(
      images: 6, height: 8, width: 7, channels: 3, side: 3, padding: 1)
    let images = Variable(values(geometry.imageShape, seed: 1).converted(to: type))
    let weights = [Shape(27, 18), Shape(1, 18), Shape(1, 18), Shape(4 * 3 * 18, 5)].enumerated()
      .map { Variable.tracked(values($1, seed: UInt64(2 + $0)).converted(to: type)) }
    let features = convolution(images, weights[0], geometry).normalizedOverRows(epsilon: 1e-3)
      .scaledByRow(weights[1], shiftedBy: weights[2]).rectified()
      .maximumPooled(height: 8, width: 7).normalizedOverColumns(epsilon: 1e-3)
    let logits = product(features.reshaped(to: Shape(6, 4 * 3 * 18)), weights[3])
    let loss = crossEntropy(logits, labels: [0, 1, 2, 3, 4, 0])
    let slopes = gradient(of: loss, withRespectTo: weights, recording: true)
    return Linearization(of: slopes, withRespectTo: weights).pullback(
      weights.map { Variable(values($0.shape, seed: 9).converted(to: type)) }
    ).map(\.value)
  }
}

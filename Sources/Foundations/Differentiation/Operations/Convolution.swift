internal import CNumerics

/// How square windows move over images whose pixels are the rows of a matrix.
///
/// Images are `[image * height * width, channel]`, pixels row by row: a channel is a column, and an
/// operation per channel is one per column.
public struct ConvolutionGeometry: Hashable, Sendable {
  /// The number of images.
  public let images: Int
  /// The rows of pixels of an image.
  public let height: Int
  /// The columns of pixels of an image.
  public let width: Int
  /// The numbers of a pixel.
  public let channels: Int
  /// The side of a window, in pixels.
  public let side: Int
  /// The pixels from one window to the next.
  public let stride: Int
  /// The pixels of zeros around an image.
  public let padding: Int

  /// The rows of windows over an image.
  public var outputHeight: Int { (height + 2 * padding - side) / stride + 1 }
  /// The columns of windows over an image.
  public var outputWidth: Int { (width + 2 * padding - side) / stride + 1 }
  /// The sides of the images, `[image * height * width, channel]`.
  public var imageShape: Shape { Shape(images * height * width, channels) }
  /// The sides of their patches,
  /// `[image * outputHeight * outputWidth, side * side * channel]`.
  public var patchShape: Shape {
    Shape(images * outputHeight * outputWidth, side * side * channels)
  }

  /// Windows of `side` by `side` pixels over images of the given sides.
  public init(
    images: Int, height: Int, width: Int, channels: Int, side: Int, stride: Int = 1,
    padding: Int = 0
  ) {
    precondition(
      images >= 0 && channels > 0 && side > 0 && stride > 0 && padding >= 0
        && min(height, width) + 2 * padding >= side,
      "a window of \(side) pixels, \(stride) apart, does not fit \(height) by \(width) pixels "
        + "with a border of \(padding)")
    self.images = images
    self.height = height
    self.width = width
    self.channels = channels
    self.side = side
    self.stride = stride
    self.padding = padding
  }

  fileprivate var windows: fledge_windows {
    fledge_windows(
      images: images, height: height, width: width, channels: channels, side: side,
      stride: stride, padding: padding, output_height: outputHeight, output_width: outputWidth)
  }
}

/// The sums `Σ patch · weights + bias` of a convolutional layer, one row for each window.
///
/// - Parameters:
///   - images: `[image * height * width, channel]`.
///   - weights: `[side * side * channel, outChannel]`, a window's pixels row by row.
///   - geometry: How windows move over the images.
///   - biases: `[1, outChannel]`; nil where a normalization follows, which would remove them.
/// - Returns: `[image * outputHeight * outputWidth, outChannel]`: images again.
@specialized(where Scalar == Float)
public func convolution<Scalar>(
  _ images: Variable<Scalar>, _ weights: Variable<Scalar>, _ geometry: ConvolutionGeometry,
  plus biases: Variable<Scalar>? = nil
) -> Variable<Scalar> {
  let patches = images.patches(geometry)
  // Unnamed, so that the product is written over the broadcast biases.
  return product(patches, weights, plus: biases?.broadcast(toRows: patches.shape.rows))
}

extension Variable {
  /// The pixels under each window, zero outside the image.
  ///
  /// - Parameter geometry: How windows move over these images, `[image * height * width, channel]`.
  /// - Returns: `[image * outputHeight * outputWidth, side * side * channel]`.
  @specialized(where Scalar == Float)
  public func patches(_ geometry: ConvolutionGeometry) -> Variable {
    precondition(
      shape == geometry.imageShape, "images of \(geometry.imageShape) were expected, not \(shape)")
    return .output(
      Tensor(geometry.patchShape) { Scalar.kernels.patches(geometry.windows, value.pointer, $0) },
      self, { cotangent, sum, _ in cotangent.folded(geometry, plus: sum) })
  }

  /// Images whose pixels are the sums of what lies over them in patches: the transpose of
  /// ``patches(_:)``.
  ///
  /// - Parameter geometry: How windows move over the images.
  /// - Returns: `[image * height * width, channel]`.
  @specialized(where Scalar == Float)
  public func folded(_ geometry: ConvolutionGeometry) -> Variable { folded(geometry, plus: nil) }

  func folded(_ geometry: ConvolutionGeometry, plus sum: consuming Variable?) -> Variable {
    precondition(
      shape == geometry.patchShape, "patches of \(geometry.patchShape) were expected, not \(shape)")
    let total = sum?.node
    var sum = sum
    let value = accumulated(geometry.imageShape, into: &sum) { out, accumulate in
      Scalar.kernels.fold(geometry.windows, self.value.pointer, out, accumulate)
    }
    return .output(
      value, plus: total, self,
      { cotangent, sum, _ in cotangent.patches(geometry).added(to: sum) })
  }
}

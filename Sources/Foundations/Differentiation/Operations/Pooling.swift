extension Variable {
  /// The largest of each 2 by 2 pixels, channel by channel; an odd last row or column is left out.
  ///
  /// Where pixels are equal the derivative is the first one's.
  ///
  /// - Parameters:
  ///   - height: The rows of pixels of an image.
  ///   - width: The columns of pixels of an image.
  /// - Returns: `[image * (height / 2) * (width / 2), channel]`, of images
  ///   `[image * height * width, channel]`.
  @specialized(where Scalar == Float)
  public func maximumPooled(height: Int, width: Int) -> Variable {
    let (pixels, channels) = (height * width, shape.columns)
    precondition(
      pixels > 0 && shape.rows % pixels == 0 && value.count <= UInt32.max,
      "\(shape) does not hold images of \(height) by \(width) pixels")
    let images = shape.rows / pixels
    let pooled = Tensor<Scalar>(
      uninitialized: Shape(images * (height / 2) * (width / 2), channels))
    let indices = [UInt32](unsafeUninitializedCapacity: pooled.count) { buffer, count in
      // Nothing to write where the images are thinner than a window.
      guard let start = buffer.baseAddress, pooled.count > 0 else { return }
      Scalar.kernels.maximumPool(
        images, height, width, channels, value.pointer, start, pooled.pointer)
      count = pooled.count
    }
    let shape = shape
    return .output(
      pooled, self,
      { cotangent, sum, _ in cotangent.scattered(to: indices, shape, plus: sum) })
  }

  /// The elements at the given positions, counted row by row, as a tensor of `shape`.
  func gathered(
    from indices: [UInt32], _ shape: Shape, plus sum: consuming Variable?
  ) -> Variable {
    let source = self.shape
    let total = sum?.node
    var sum = sum
    let value = accumulated(shape, into: &sum) { out, accumulate in
      Scalar.kernels.gather(indices.count, indices, self.value.pointer, out, accumulate)
    }
    return .output(
      value, plus: total, self,
      { cotangent, sum, _ in cotangent.scattered(to: indices, source, plus: sum) })
  }

  /// These elements at the given distinct positions of a tensor of `shape` that is 0 elsewhere.
  func scattered(
    to indices: [UInt32], _ shape: Shape, plus sum: consuming Variable?
  ) -> Variable {
    let source = self.shape
    let total = sum?.node
    var sum = sum
    let value = accumulated(shape, into: &sum) { out, accumulate in
      Scalar.kernels.scatter(
        indices.count, indices, self.value.pointer, shape.count, out, accumulate)
    }
    return .output(
      value, plus: total, self,
      { cotangent, sum, _ in cotangent.gathered(from: indices, source, plus: sum) })
  }
}

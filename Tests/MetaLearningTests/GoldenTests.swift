import Adaptation
import MetaLearning
import Testing

@Suite struct GoldenTests {
  @Test("Meta-gradients and curvature products agree with another system's in Double and Float")
  func goldenCases() throws {
    let cases = try GoldenCase.all()
    #expect(cases.count >= 6)
    for golden in cases {
      let double = golden.computed(as: Double.self)
      #expect(abs(double.loss - golden.expected.outerLoss) < 1e-9, "\(golden)")
      #expect(relativeError(double.gradient, golden.expected.metaGradient) < 1e-9, "\(golden)")
      #expect(
        relativeError(double.product, golden.expected.meanKLHessianProduct.product) < 1e-9,
        "\(golden)")
      let single = golden.computed(as: Float.self)
      #expect(relativeError(single.gradient, golden.expected.metaGradient) < 1e-3, "\(golden)")
      #expect(
        relativeError(single.product, golden.expected.meanKLHessianProduct.product) < 1e-3,
        "\(golden)")
    }
  }
}

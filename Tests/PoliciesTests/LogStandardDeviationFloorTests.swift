import Derivatives
import Differentiation
import Models
import Policies
import Testing

@Suite struct LogStandardDeviationFloorTests {
  private let actions = Actions.continuous(Tensor(Shape(1, 3), [0.4, -0.3, 0.9]))
  private let subject = constantPolicy(
    location: [0, 0, 0], logStandardDeviation: [-4, -1.5, 0.5], minimum: -2)

  @Test("The log standard deviation acts no lower than its floor")
  func value() {
    let outputs = subject.policy.outputs(subject.parameters)
    #expect(outputs.logStandardDeviation?.value.elements == [-2, -1.5, 0.5])
  }

  @Test("No gradient reaches a log standard deviation below its floor, and the whole one above it")
  func gradient() {
    let policy = subject.policy
    let slopes = policy.layout.gradient(
      of: {
        policy.distribution.logProbabilities(
          policy.outputs($0, Sequences(Tensor(Shape(1, 1), repeating: 0))), of: actions
        ).sum()
      }, at: subject.parameters)
    // d log π / d log σ = (a / σ)² - 1
    let found = policy.layout.tensors(of: slopes).last?.elements ?? []
    let expected = [0, 0.09 / 0.049787068367863944 - 1, 0.81 / 2.718281828459045 - 1]
    #expect(found.count == 3)
    for (slope, exact) in zip(found, expected) { #expect(abs(slope - exact) < 1e-12) }
  }
}

internal import ArgumentParser
internal import Differentiation
internal import Experiments
internal import Foundation
internal import Glibc
internal import MetaLearning
internal import Reports

/// `fledge bench`.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure speed.", subcommands: [BenchIteration.self])
}

/// `fledge bench iteration`.
struct BenchIteration: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "iteration",
    abstract: "Seconds per meta-iteration, by phase; one iteration before them is not counted.")

  @OptionGroup var options: ConfigurationOptions

  @Option(parsing: .unconditional, help: "Iterations to measure.")
  var iterations = 10

  @Flag(
    help: """
      Tell, too, what the products of an iteration alone take on this machine, and what its passes \
      over memory alone would take without caches.
      """)
  var limit = false

  @OptionGroup var output: FormatOption

  func run(in context: Context) throws {
    try require(iterations, in: 1...1_000_000, option: "--iterations")
    let experiment = try options.experiment(options.read(), in: context)
    let learner = try experiment.makeLearner()
    _ = try learner.iterate()
    let clock = ContinuousClock()
    var samples: [IterationBenchmark.Sample] = []
    for _ in 0..<iterations {
      let start = clock.now
      let report = try learner.iterate()
      samples.append(.init(seconds: (clock.now - start) / .seconds(1), report: report))
    }
    var result = IterationBenchmark(
      samples, preset: options.config, threads: experiment.threads)
    if limit {
      let census = try ArithmeticCensus.during { try learner.iterate() }.census
      result.limit = .init(try Roofline(of: census, threads: experiment.threads))
    }
    try writeStandardOutput(output.format == .json ? json(result) : result.text)
  }
}

/// What `fledge bench iteration` prints, with the keys that scripts rely on.
struct IterationBenchmark: Encodable {
  let preset: String
  let threads: Int
  let iterations: Int
  let secondsPerIteration: Range
  /// The median of each phase, in seconds.
  let phases: Phases
  let environmentStepsPerIteration: Int
  let peakMemoryBytes: Int
  /// How fast it could be.
  var limit: Limit?

  struct Range: Encodable {
    let minimum: Double
    let median: Double
    let maximum: Double
  }

  struct Phases: Encodable {
    let rollouts: Double
    let innerGradient: Double
    let metaGradient: Double
    let conjugateGradient: Double
    let lineSearch: Double
  }

  struct Sample {
    let seconds: Double
    let report: IterationReport
  }

  init(_ samples: [Sample], preset: String, threads: Int) {
    self.preset = preset
    self.threads = threads
    iterations = samples.count
    let seconds = samples.map(\.seconds).sorted()
    secondsPerIteration = Range(
      minimum: seconds.first ?? 0, median: median(seconds), maximum: seconds.last ?? 0)
    let phase = { (path: KeyPath<PhaseSeconds, Double>) in
      median(samples.map { $0.report.seconds[keyPath: path] })
    }
    phases = Phases(
      rollouts: phase(\.rollouts), innerGradient: phase(\.innerGradient),
      metaGradient: phase(\.metaGradient), conjugateGradient: phase(\.conjugateGradient),
      lineSearch: phase(\.lineSearch))
    let steps = samples.map(\.report.environmentSteps)
    environmentStepsPerIteration = steps.reduce(0, +) / max(1, steps.count)
    peakMemoryBytes = peakMemory()
  }

  /// The measurement for people.
  var text: String {
    let range = secondsPerIteration
    let rows = [
      ("rollouts", phases.rollouts), ("inner gradient", phases.innerGradient),
      ("meta-gradient", phases.metaGradient), ("conjugate gradient", phases.conjugateGradient),
      ("line search", phases.lineSearch),
    ].map { name, seconds in ["  " + name, fixed(seconds, 4)] }
    return "\(preset): median \(fixed(range.median, 4)) s per meta-iteration "
      + "(\(fixed(range.minimum, 4)) to \(fixed(range.maximum, 4))), \(threads) threads, "
      + "\(iterations) iterations, \(environmentStepsPerIteration) environment steps each\n"
      + table(rows) + "peak memory \(fixed(Double(peakMemoryBytes) / 1e6, 0)) MB\n"
      + (limit?.text(of: range.median) ?? "")
  }

  /// What products alone take, and what passes over memory alone would take without caches.
  struct Limit: Encodable {
    let productSeconds: Double
    let operations: Double
    let memorySeconds: Double
    let memoryBytes: Double
    let products: [Kind]

    /// Products of one kind: `rows` by `columns` over `inner`, with a `T` for each side that is transposed.
    struct Kind: Encodable {
      let rows, columns, inner, count: Int
      let form: String
      let gigaflops: Double
      let seconds: Double
    }

    init(_ roofline: Roofline) {
      productSeconds = roofline.productSeconds
      operations = roofline.kinds.reduce(0) { $0 + $1.product.operations }
      (memorySeconds, memoryBytes) = (roofline.memorySeconds, roofline.bytes)
      products = roofline.kinds.map { kind in
        let product = kind.product
        return Kind(
          rows: product.rows, columns: product.columns, inner: product.inner, count: product.count,
          form: (product.transposesLeft ? "AT " : "A ") + (product.transposesRight ? "BT" : "B"),
          gigaflops: product.operations / kind.seconds / 1e9, seconds: kind.seconds)
      }
    }

    /// The limits beside the measured seconds, and the kinds of products that take longest.
    func text(of measured: Double) -> String {
      let share = { (seconds: Double) in
        "\(fixed(seconds, 4)) s, \(fixed(100 * seconds / measured, 0)) % of the median"
      }
      let rows = products.prefix(8).map { kind in
        [
          "  \(kind.form)", "\(kind.rows) x \(kind.inner) x \(kind.columns)", "\(kind.count) times",
          "\(fixed(kind.gigaflops, 1)) GFLOP/s", "\(fixed(1000 * kind.seconds, 3)) ms",
        ]
      }
      return "products alone \(share(productSeconds)): \(scaled(operations, "FLOP"))\n"
        + "memory alone, without caches, \(share(memorySeconds)): \(scaled(memoryBytes, "B"))\n"
        + "the products that take longest, on one thread\n" + table(rows)
    }
  }
}

/// A number of units by the thousand millions, or by the million where it is less.
private func scaled(_ number: Double, _ unit: String) -> String {
  number < 1e9 ? "\(fixed(number / 1e6, 2)) M\(unit)" : "\(fixed(number / 1e9, 1)) G\(unit)"
}

/// The middle value, or the mean of the two middle ones.
private func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return 0 }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// `RUSAGE_SELF`, which is imported with another type than the call takes.
private let thisProcess: Int32 = 0

/// The most memory that this process has held, in bytes.
private func peakMemory() -> Int {
  var usage = rusage()
  guard getrusage(thisProcess, &usage) == 0 else { return 0 }
  return Int(usage.ru_maxrss) * 1024
}

import Kernels
public import Tensors

/// Ranges of numbers: (...) to (...), how many boundaries are not above a number; or to (..., ranges) with another
/// `output_mode` than `int`. With `num_bins`, `adapt` takes boundaries from the training data that share it out evenly.
public struct Discretization: Layer, AdaptiveLayer {
  public static let kerasName = "Discretization"
  private var boundaries: [Float]?
  private let bins: Int?
  private let epsilon: Double
  private let mode: CategoryEncoder.Mode
  private var encoder: CategoryEncoder { CategoryEncoder(mode, depth: boundaries.map { $0.count + 1 } ?? bins!) }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    let given = configuration.value("bin_boundaries")
    boundaries = given == .null ? nil : (given.asArray ?? []).compactMap { $0.asNumber.map { Float($0) } }
    let number = configuration.value("num_bins")
    bins = number == .null ? nil : try configuration.countOfCategories("num_bins")
    epsilon = try configuration.number("epsilon", default: 0.01)
    mode = try configuration.outputMode(
      default: .integers, among: [.integers, .oneHot, .multiHot, .counts])
    let isSorted = zip(boundaries ?? [], (boundaries ?? []).dropFirst()).allSatisfy { $0 <= $1 }
    guard boundaries != nil || bins != nil, given == .null || boundaries!.count == given.asArray?.count, isSorted else {
      throw ImportError(
        "\(configuration.place): has no sorted boundaries; give 'bin_boundaries', or 'num_bins' and training data.")
    }
    guard epsilon > 0, epsilon <= 1 else {
      throw ImportError("\(configuration.place): epsilon is \(epsilon), but must be above 0 and at most 1.")
    }
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    [
      "bin_boundaries": boundaries.map { .array($0.map { .number(Double($0)) }) } ?? .null,
      "num_bins": bins.map { .integer($0) } ?? .null, "epsilon": .number(epsilon),
      "output_mode": .string(mode.rawValue), "sparse": false,
    ]
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    Signature(outputs: [try encoder.shape(of: try inputs.one())])
  }

  public func forward(_ pass: borrowing ForwardPass) {
    CategoryKernels.apply(
      pass.input, boundaries: boundaries ?? [], weights: nil, encoder, live: pass.live, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) { pass.clearInputGradients() }

  public var isAdapted: Bool { boundaries != nil }

  public func observe(_ input: Tensor, live: Int, into observations: inout Observations) {
    observations.takeNumbers(input, live: live)
  }

  public func adapted(to observations: Observations) throws(ShapeError) -> any AdaptiveLayer {
    guard let bins else { throw ShapeError("has bin_boundaries of its own; give it num_bins to adapt it.") }
    guard !observations.numbers.isEmpty else {
      throw ShapeError("has seen no numbers to adapt to; give it training data.")
    }
    var copy = self
    copy.boundaries = Quantiles(observations.numbers, epsilon: epsilon).boundaries(bins: bins)
    return copy
  }

  public func summary(of observations: Observations) -> String { "\(boundaries?.count ?? 0) boundaries" }
}

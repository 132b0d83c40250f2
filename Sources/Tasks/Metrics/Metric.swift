public import Kernels
public import Networks
public import Tensors

/// A number that says how good outputs are, such as Keras's `BinaryAccuracy`. Over no step and no rank it is a mean of
/// means: it counts samples in a state, states merge exactly, and the number follows from the merged state.
///
/// A metric is one file in `Metrics/` and one word in `MetricRegistry`.
public protocol Metric: Sendable {
  /// The class in Keras: `MeanSquaredError`. Of metrics that Keras does not have, what its class would be called.
  static var kerasName: String { get }
  /// What a score is called, unless the user names it: `mean_squared_error`.
  static var functionName: String { get }
  /// Other names: `mse`.
  static var aliases: [String] { get }
  /// Whether Keras has it, so that a file may name it in its `training_config`.
  static var isInKeras: Bool { get }

  init(keras configuration: LayerConfiguration) throws(ImportError)
  func kerasConfiguration() -> [String: JSONValue]

  /// Whether a larger number is a better one.
  var isBetterHigher: Bool { get }
  /// Whether its states keep something of every sample. Such a metric is for evaluation; training would need memory
  /// that grows.
  var keepsRecords: Bool { get }

  /// Whether it counts each place of an image by itself, so that it counts the same of strips of an image as of the
  /// whole.
  var isOfPlaces: Bool { get }

  /// The same metric of what an activation is applied to, such as of logits where it was one of probabilities; nil
  /// where there is none, and the activation must be applied.
  func absorbing(_ activation: ActivationFunction) -> (any Metric)?

  /// The same metric with all said that follows from the shapes, such as how many classes there are.
  func settled(output: Shape, target: Shape) throws(ShapeError) -> any Metric

  /// An empty state for outputs and targets of these shapes, one for each shard or worker.
  ///
  /// - Parameter isWeighted: whether `update` is given a weight for each sample.
  func makeState(output: Shape, target: Shape, isWeighted: Bool) throws(ShapeError) -> MetricState

  /// Counts the first `live` lanes. Allocates nothing, unless it keeps records.
  ///
  /// - Parameter weights: of each lane, where samples have weights: Keras's `sample_weight`.
  func update(_ state: inout MetricState, output: Tensor, target: Tensor, live: Int, weights: Buffer?)

  /// One number, or as many as Keras gives, such as one for each class; none where no sample was counted, or where what
  /// was counted does not decide it. NaN only where outputs or targets were.
  func values(_ state: MetricState) -> [Double]
}

extension Metric {
  public static var aliases: [String] { [] }
  public static var isInKeras: Bool { true }
  public var keepsRecords: Bool { false }
  public var isOfPlaces: Bool { false }
  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? { nil }
  public func settled(output: Shape, target: Shape) throws(ShapeError) -> any Metric { self }

  /// One number: the mean of `values`; nil where there are none.
  public func result(_ state: MetricState) -> Double? {
    let values = values(state)
    return values.isEmpty ? nil : values.count == 1 ? values[0] : values.reduce(0, +) / Double(values.count)
  }
}

/// A metric and what its score is called, as in `val_acc`.
public struct NamedMetric: Sendable {
  public let name: String
  public let metric: any Metric

  public init(_ metric: any Metric, name: String? = nil) {
    (self.metric, self.name) = (metric, name ?? type(of: metric).functionName)
  }
}

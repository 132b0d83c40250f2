public import Tensors

/// One kind of layer: a value that holds configuration and nothing else.
///
/// `forward` and `backward` overwrite what they produce; they are called with memory that the planner has placed
/// according to the signature, for one shard of images.
public protocol Layer: Sendable {
  /// Keras's class name.
  static var kerasName: String { get }

  /// Reads the layer from Keras's `config`.
  init(keras configuration: LayerConfiguration) throws(ImportError)

  /// The layer as Keras's `config`, without name and dtype.
  func kerasConfiguration() -> [String: JSONValue]

  /// Output shapes, parameters, memory and lifetimes for the given inputs.
  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature

  /// The same layer with what it derives from the shapes of its inputs; made once, so that a step allocates nothing.
  func bound(to inputs: [Shape]) -> any Layer

  /// Derives from the parameters what the kernels want; once per step, before the first shard.
  func prepare(_ pass: borrowing PreparePass)

  /// The first half of forward for layers with `pooledChannels`: writes the shard's count, mean and squared deviation
  /// into `pass.moments`. With global normalisation they are pooled over all shards before `forward` reads them.
  func measure(_ pass: borrowing ForwardPass)

  func forward(_ pass: borrowing ForwardPass)

  /// `measure` and `forward`, where nobody pools in between.
  func measureAndForward(_ pass: borrowing ForwardPass)

  /// The first half of backward for layers with `pooledChannels`: writes two sums per channel into `pass.gradientSums`.
  func measureGradients(_ pass: borrowing BackwardPass)

  func backward(_ pass: borrowing BackwardPass)

  /// `measureGradients` and `backward`, where nobody pools in between.
  func measureGradientsAndBackward(_ pass: borrowing BackwardPass)

  /// One layer that does what this one, for inputs of these shapes, and then `next` do; nil where there is none.
  func absorbing(_ next: any Layer, inputs: [Shape]) -> (any Layer)?

  /// The layer as it runs in training where statistics and randomness are those of inference (a call with Keras's
  /// `training=False`). Its parameters and outputs are the same.
  func atInference() -> any Layer

  /// The layer as it runs in training where it is frozen (Keras's `trainable: false`).
  func frozen() -> any Layer

  /// Moves the state parameters by the moments pooled over all shards of a step.
  func updateStates(_ pass: borrowing StatePass)

  /// How far its moving statistics are from those of a step; nil where it has none, or trains with them.
  func statisticsLag(_ pass: borrowing StatePass) -> StatisticsLag?
}

extension Layer {
  public func prepare(_ pass: borrowing PreparePass) {}
  public func measure(_ pass: borrowing ForwardPass) {}
  public func measureGradients(_ pass: borrowing BackwardPass) {}

  public func measureAndForward(_ pass: borrowing ForwardPass) {
    measure(pass)
    forward(pass)
  }

  public func measureGradientsAndBackward(_ pass: borrowing BackwardPass) {
    measureGradients(pass)
    backward(pass)
  }

  public func bound(to inputs: [Shape]) -> any Layer { self }
  public func absorbing(_ next: any Layer, inputs: [Shape]) -> (any Layer)? { nil }
  public func atInference() -> any Layer { self }
  public func frozen() -> any Layer { self }
  public func updateStates(_ pass: borrowing StatePass) {}
  public func statisticsLag(_ pass: borrowing StatePass) -> StatisticsLag? { nil }

  public var kerasName: String { Self.kerasName }
}

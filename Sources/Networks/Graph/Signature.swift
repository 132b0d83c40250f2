public import Tensors

/// The demands of a layer on the planner for given input shapes: outputs, parameters, memory, and what it reads when.
public struct Signature: Sendable {
  /// Tensors of the forward pass that backward reads again, and that must therefore be kept.
  public struct Reads: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let inputs = Reads(rawValue: 1)
    public static let outputs = Reads(rawValue: 2)
  }

  /// How an output may share memory with an input (forward), or an input's gradient with the output's (backward).
  public enum Aliasing: Equatable, Sendable {
    /// Memory of its own.
    case separate
    /// May overwrite: element by element, read before written.
    case inPlace
    /// Is the same memory; the layer does nothing. All outputs (forward) or all input gradients (backward) are that
    /// memory.
    case view
    /// Backward only: the gradients of all inputs are one memory, which may be that of the output's gradient.
    case merged
    /// Inputs are consecutive channels of the output, and their gradients those of its gradient, wherever an input lies
    /// nowhere else; the layer copies the others.
    case parts
    /// The input is what lies inside of the output, which has more cells around it, and so are their gradients, unless
    /// the input lies elsewhere; the layer then copies it.
    case inside(Border)

    /// Whether the output holds the inputs, and more or all of them together.
    var holdsInputs: Bool {
      switch self {
      case .parts, .inside: true
      case .separate, .inPlace, .view, .merged: false
      }
    }
  }

  public var outputs: [Shape]
  /// In Keras's order.
  public var parameters: [Parameter] = []
  /// Zero border that the layer reads around its inputs.
  public var inputBorder: Border = .none
  /// Zero border that backward reads around the gradient of its outputs.
  public var outputGradientBorder: Border = .none
  public var backwardReads: Reads = []
  /// What backward reads where the layer is frozen, and thereby the promise that it then writes no gradients of
  /// parameters (`BackwardPass.isFrozen`); nil for a layer that does the same whether frozen or not.
  public var readsWhenFrozen: Reads?
  /// Whether backward changes the gradient of the output, which nobody else may then read.
  public var overwritesOutputGradient = false
  public var forwardAliasing: Aliasing = .separate
  public var backwardAliasing: Aliasing = .separate
  /// Floats kept from forward to backward, for a number of lanes.
  public var saved: @Sendable (_ lanes: Int) -> Int = { _ in 0 }
  /// Whether forward needs that memory at inference as well.
  public var savesAtInference = false
  /// Floats used within one call, for a number of lanes.
  public var scratch: @Sendable (_ lanes: Int) -> Int = { _ in 0 }
  /// Floats derived from the parameters once per step, such as packed kernels.
  public var prepared = 0
  /// Channels whose training statistics are pooled over all shards (batch normalisation).
  public var pooledChannels = 0
  /// Whether what is pooled decides the layer's output in every run, and not only where a run wants it so.
  public var needsPooling = false
  /// Whether each channel of the outputs, and of every gradient, follows from the same channel of the inputs alone, so
  /// that the layer can be called with a block of channels at a time (`ForwardPass.channels`).
  public var isChannelwise = false
  /// Multiplications per sample in the forward pass.
  public var multiplications = 0

  public init(outputs: [Shape]) { self.outputs = outputs }
}

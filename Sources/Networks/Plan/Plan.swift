public import Tensors

/// Everything about a network that can be settled before the first step: the order of the calls and the place of every buffer.
public struct Plan: Sendable {
  /// Where one tensor lies.
  public struct Placement: Sendable {
    public let shape: Shape
    public let layout: Layout
    public let storage: Int
    /// Whether the border must be zeroed before the tensor is written: its memory has been used for something else.
    public internal(set) var zeroesBorder = false
  }

  /// One layer with its memory.
  public struct Step: Sendable {
    public let name: String
    public let layer: any Layer
    public let inputs: [Placement]
    public internal(set) var outputs: [Placement]
    /// Empty where backward does not reach.
    public let outputGradients: [Placement]
    public internal(set) var inputGradients: [Placement?]
    public let savedStorage: Int?
    public let forwardScratchStorage: Int?
    public let backwardScratchStorage: Int?
    public let parameters: [ParameterTable.Entry]
    /// Where the gradients of the parameters that are trainable by nature go, in order; empty where backward does not run.
    let parameterGradients: [ParameterGradient]
    public let isFrozen: Bool
    public let prepared: Range<Int>
    /// Channels of the network's moments that belong to this layer.
    public let pooledChannels: Range<Int>
    public let isView: Bool
    public let backwardIsView: Bool
    /// Whether anything in or below the layer is trained.
    public let runsBackward: Bool
    /// Position of the layer in the graph as the user sees it.
    public let layerIndex: Int
    public let backwardReads: Signature.Reads
    /// Floats at the start of the gradient buffer that are final once backward of this step has run; 0 if it adds none.
    let gradientsFinalAfter: Int
  }

  /// Where a layer writes the gradient of one parameter.
  enum ParameterGradient: Sendable {
    /// To its place among the gradients. The last call of a shared layer comes first in backward, and does so.
    case place(Range<Int>)
    /// To memory of its own, which is then added to its place: earlier calls of a shared layer.
    case added(storage: Int, to: Range<Int>)
    /// To memory that nobody reads: frozen layers that know no better.
    case discarded(storage: Int)
  }

  public let name: String
  public let mode: Mode
  public let lanes: Int
  public let table: ParameterTable
  public let steps: [Step]
  public let inputs: [Placement]
  public let outputs: [Placement]
  public let outputGradients: [Placement]
  public let inputGradients: [Placement]
  /// Outputs of layers that were asked to be kept, by name.
  public let kept: [String: Placement]
  public let storages: [Storage]
  /// Floats of the arena.
  public let arenaCount: Int
  public let pooledChannelCount: Int
  /// Places of gradients that no layer of the plan writes: those of layers that lead to no output. They are zero.
  let unreachedGradients: [Range<Int>]

  /// Bytes that one network with this plan allocates for activations, gradients of activations and scratch.
  public var arenaBytes: Int { arenaCount * MemoryLayout<Float>.stride }
}

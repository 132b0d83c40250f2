public import Kernels
public import Tensors

/// Everything about a network that can be settled before the first step: the order of the calls and the place of every
/// buffer.
public struct Plan: Sendable {
  /// Where one tensor lies.
  public struct Placement: Sendable {
    public let shape: Shape
    public let layout: Layout
    public let storage: Int
    /// Floats from the start of the storage: more than 0 for some of the channels of a larger tensor.
    public let start: Int
    /// Whether there is memory for one block of channels only, which all blocks use in turn; `layout` is that of the
    /// largest.
    public let holdsBlock: Bool
    /// Whether what is written here is read again in the same turn.
    let isReadSoon: Bool
  }

  /// A computation that backward repeats.
  public struct Repetition: Sendable {
    public let time: Int
    public let blocks: [Range<Int>]
    public let inputs: [Placement]
    public let output: Placement
    public let scratchStorage: Int?
  }

  /// One layer with its memory.
  public struct Step: Sendable {
    public let name: String
    public let layer: any Layer
    public let inputs: [Placement]
    public let outputs: [Placement]
    /// Where backward finds inputs and outputs that it reads; empty where it does not.
    public let backwardInputs: [Placement]
    public let backwardOutputs: [Placement]
    /// Empty where backward does not reach.
    public let outputGradients: [Placement]
    public let inputGradients: [Placement?]
    public let savedStorage: Int?
    public let forwardScratchStorage: Int?
    public let backwardScratchStorage: Int?
    public let parameters: [ParameterTable.Entry]
    /// Where the gradients of the parameters that are trainable by nature go, in order; empty where backward does not
    /// run.
    let parameterGradients: [ParameterGradient]
    public let isFrozen: Bool
    let packing: Packing
    /// A batch normalisation that is part of the layer's kernel and bias.
    let folded: FoldedNormalization?
    /// Channels of the network's moments that belong to this layer.
    public let pooledChannels: Range<Int>
    /// Whether passes pause at this layer until somebody has pooled them over all shards.
    public let pausesForPooling: Bool
    public let isView: Bool
    public let backwardIsView: Bool
    /// Whether anything in or below the layer is trained.
    public let runsBackward: Bool
    /// Of one image, forward.
    public let multiplications: Int
    /// Into how many strips each image is cut here, which lie in as many lanes; 1 where it is whole.
    public let strips: Int
    /// Position of the layer in the graph as the user sees it.
    public let layerIndex: Int
    public let backwardTime: Int
    /// The blocks of channels that the layer is called with, one after the other; empty where it is called with all.
    public let forwardBlocks: [Range<Int>]
    public let backwardBlocks: [Range<Int>]
    /// How the layer runs again in backward, where its output is not kept.
    public let again: Repetition?
    /// Floats at the start of the gradient buffer that are final once backward of this step has run; 0 if it adds none.
    let gradientsFinalAfter: Int
  }

  /// Where a layer writes the gradient of one parameter.
  enum ParameterGradient: Sendable {
    /// To its place among the gradients. The last call of a shared layer comes first in backward, and does so.
    case place(Range<Int>)
    /// To memory of its own, which is then added to its place: earlier calls of a shared layer.
    case added(storage: Int, to: Range<Int>)
    /// As factors, to their place.
    case factors(FactorTable.Place)
    /// To memory that nobody reads: frozen layers that know no better.
    case discarded(storage: Int)
  }

  public let name: String
  public let mode: Mode
  public let lanes: Int
  public let table: ParameterTable
  /// Where a shard keeps gradients as factors.
  public let factors: FactorTable
  public let steps: [Step]
  public let inputs: [Placement]
  public let outputs: [Placement]
  /// How inputs are cut into strips that are given so; nil where they are whole.
  public let inputCuts: [StripMove.Cut?]
  /// What losses read, where the outputs are losses.
  public let predictions: [Placement]
  /// The strips into which each of them is cut; nil where it is whole (`Planner.cutPredictions`).
  public let predictionStrips: [Strips?]
  public let outputGradients: [Placement]
  public let inputGradients: [Placement]
  /// Outputs of layers that were asked to be kept, by name.
  public let kept: [String: Placement]
  public let storages: [Storage]
  /// Floats of the arena.
  public let arenaCount: Int
  /// What happens when.
  let turns: [Turn]
  /// When the loss is computed; backward comes behind it.
  public let lossTime: Int
  /// Tensors with a border. It is zeroed when the storage comes to life if the memory has served something else: the
  /// arena starts out zero, and nobody writes into borders.
  let bordered: [Placement]
  public let pooledChannelCount: Int
  /// Places of gradients that no layer of the plan writes: those of layers that lead to no output. They are zero.
  let unreachedGradients: [Range<Int>]

  /// Whether all shards must meet within a step, so that each needs a network of its own.
  public var pausesForPooling: Bool { steps.contains(where: \.pausesForPooling) }

  /// Bytes that one network with this plan allocates for activations, gradients of activations and scratch.
  public var arenaBytes: Int { arenaCount * MemoryLayout<Float>.stride }

  /// Bytes of packed kernels that all networks share.
  public var sharedPackedBytes: Int {
    steps.reduce(0) { if case .shared(let range) = $1.packing { $0 + range.count } else { $0 } }
      * MemoryLayout<Float>.stride
  }

  /// Into how many strips images are cut in the layers that allow it; 1 where they are whole.
  public var strips: Int { steps.map(\.strips).max() ?? 1 }

  /// Images that a shard may have: as many as there are lanes, or strips of them.
  public var mostImages: Int { lanes / strips }

  /// Whether any layer runs again in backward.
  public var repeats: Bool { steps.contains { $0.again != nil } }

  /// The tensors whose border is to be zeroed at a time.
  func zeroed(at time: Int) -> [Placement] {
    bordered.filter { storages[$0.storage].isShared && storages[$0.storage].start == time }
  }
}

import Kernels
public import Tensors

/// A planned network with its memory: runs one shard of images at a time, forward and backward, and allocates nothing.
///
/// Not for use by two threads at once; several networks may share one set of weights.
public final class Network: @unchecked Sendable {
  public let plan: Plan
  public let weights: Weights
  /// What the layers are told about the shard; set it before `forward`.
  public let shard: ShardContext
  /// Written before `forward`, by `load`: what the model takes, and then the targets of its losses.
  public let inputs: [Tensor]
  /// Of a graph with losses: one number for each image, for each loss.
  public let outputs: [Tensor]
  /// Of a graph with losses: the outputs of the model, between `forward` and `backward`; without the last activation
  /// where the losses have taken that over.
  public let predictions: [Tensor]
  /// For each loss of the graph, the loss of each image, 0 in dead lanes.
  public let losses: [LaneNumbers]
  /// Written by the caller between `forward` and `backward`: for losses, what each image counts.
  public let outputGradients: [Tensor]
  public let inputGradients: [Tensor]
  public let kept: [String: Tensor]
  /// Statistics of this shard by pooled channel, or of all shards once somebody has pooled them.
  public let moments: ChannelMoments
  /// The memory behind `moments`.
  public let momentStorage: Buffer
  /// Two sums per pooled channel from the first half of backward: those of a layer with channels a..<b lie at 2a..<2b.
  public let gradientSums: Buffer

  package let arena: Arena
  let calls: [LayerCall]
  /// Layers that change their weights before a step, and what they need for it.
  private let normalizations: [(layer: any WeightNormalizing, parameters: [Buffer], scratch: Buffer)]
  private let zeroedInputs: [Tensor]
  private let standingBorders: [Tensor]
  let zeroedOutputGradients: [Tensor]
  let guardian: MemoryGuardian?
  /// Where the time of every layer is recorded, if anywhere.
  public var timeline: Timeline?
  let forwardTurns: [Turn]
  let backwardTurns: [Turn]
  /// At which turn a pass stands that pauses for pooling.
  var cursor = 0
  var isMeasured = false

  /// - Parameters:
  ///   - arena: where the network keeps everything but weights; it may be that of another network, if they do not run
  ///     at the same time and `claimMemory` is called in between. Nil makes one.
  package convenience init(_ plan: Plan, weights: Weights, arena: Arena?) {
    self.init(plan, weights: weights, arena: arena, guarding: false)
  }

  /// - Parameter guarding: fills memory with NaN before its life and after it and checks the gaps between storages, for
  ///   tests.
  public convenience init(_ plan: Plan, weights: Weights) { self.init(plan, weights: weights, guarding: false) }

  package convenience init(_ plan: Plan, weights: Weights, guarding: Bool) {
    self.init(plan, weights: weights, arena: nil, guarding: guarding)
  }

  private init(_ plan: Plan, weights: Weights, arena given: Arena?, guarding: Bool) {
    (self.plan, self.weights) = (plan, weights)
    let arena = given ?? Arena(count: plan.arenaCount)
    precondition(arena.count >= plan.arenaCount, "an arena that is too small for the plan")
    let shard = ShardContext(lanes: plan.lanes)
    let count = plan.pooledChannelCount
    momentStorage = Buffer(count: 3 * count)
    moments = ChannelMoments(momentStorage)
    gradientSums = Buffer(count: 2 * count)
    let maker = LayerCall.Maker(
      plan: plan, weights: weights, arena: arena, shard: shard, moments: moments, gradientSums: gradientSums)
    calls = plan.steps.enumerated().map { maker.call($1, at: $0) }
    normalizations = calls.compactMap { call in
      guard let layer = call.layer as? any WeightNormalizing, layer.normalizesWeights else { return nil }
      let parameters = call.forwardPasses[0].parameters
      return (layer, parameters, Buffer(count: layer.normalizationScratch(parameters)))
    }
    (self.arena, self.shard) = (arena, shard)
    inputs = plan.inputs.map { maker.tensor($0) }
    outputs = plan.outputs.map { maker.tensor($0) }
    predictions = plan.predictions.map { maker.tensor($0) }
    losses = calls.filter { $0.layer is any LossLayer }.map { $0.forwardPasses[0].losses }
    outputGradients = plan.outputGradients.map { maker.tensor($0) }
    inputGradients = plan.inputGradients.map { maker.tensor($0) }
    kept = plan.kept.mapValues { maker.tensor($0) }
    zeroedInputs = plan.zeroed(at: -1).map { maker.tensor($0) }
    standingBorders = plan.bordered.filter { !plan.storages[$0.storage].isShared }.map { maker.tensor($0) }
    zeroedOutputGradients = plan.mode == .training ? plan.zeroed(at: plan.lossTime).map { maker.tensor($0) } : []
    forwardTurns = plan.turns.filter { $0.times.lowerBound < plan.lossTime }
    backwardTurns = plan.turns.filter { $0.times.lowerBound > plan.lossTime }
    guardian = guarding ? MemoryGuardian(plan: plan, arena: arena) : nil
  }

  /// Derives packed kernels from the weights: once after every change of the weights; in training by one of the
  /// networks that share them, at inference by each.
  public func prepare() {
    for call in calls { if let preparation = call.prepares { run(preparation, of: call.layer) } }
  }

  /// Lets layers change their own weights, as `SpectralNormalization` does: before the first shard of every step of
  /// training, by one of the networks that share the weights.
  public func beginStep() {
    guard !normalizations.isEmpty else { return }
    for normalization in normalizations {
      normalization.layer.normalizeWeights(normalization.parameters, scratch: normalization.scratch)
    }
    prepare()
  }

  func run(_ preparation: LayerCall.Preparation, of layer: any Layer) {
    preparation.folding?.fold()
    layer.prepare(preparation.pass)
  }

  /// Makes the memory ready after another network has used it: zeroes the borders that nobody zeroes in a step.
  package func claimMemory() {
    for tensor in standingBorders { tensor.zeroBorder() }
  }

  /// The start of a layer's work, where somebody records it.
  var startTime: ContinuousClock.Instant? { timeline == nil ? nil : .now }

  func record(_ step: Int, _ category: String, since start: ContinuousClock.Instant?) {
    if let start { timeline?.record(plan.steps[step].name, category, since: start) }
  }

  /// Tells the network that the caller is about to write the inputs.
  public func beginInputs() {
    guardian?.begin(time: -1)
    for tensor in zeroedInputs { tensor.zeroBorder() }
  }
}

public import Communication
public import Datasets
public import Networks

/// Everything that decides a training run: what the configuration file says, with every default filled in.
///
/// Two runs of one recipe on the same data give the same weights, whatever the number of ranks and threads.
public struct Recipe: Hashable, Sendable, Codable {
  public var model: ModelChoice
  public var data: DataChoice
  /// Images per step, whatever the number of ranks.
  public var batch = 128
  /// Parts of a batch: the most workers that can share it. A configuration that does not say gets `usualShards` of its
  /// batch; in Swift, set both.
  public var shards = Recipe.usualShards(batch: 128)
  public var epochs = 10
  public var optimizer = OptimizerChoice()
  /// Nil keeps no average of the weights.
  public var average: AverageChoice?
  /// Nil trains to the end of the last epoch.
  public var earlyStopping: EarlyStoppingChoice?
  public var schedule = ScheduleChoice()
  /// Of the only output, as are `metrics`, `labelSmoothing` and `classWeights`. Nil is that of a compiled model, else
  /// the cross-entropy that the end of the model asks for.
  public var loss: FunctionChoice?
  /// Nil are those of a compiled model, else the accuracy where the target is a class.
  public var metrics: [FunctionChoice]?
  /// The part of each label that is spread evenly over all classes.
  public var labelSmoothing = 0.0
  public var classWeights = ClassWeightsChoice.equal
  /// The column of the data that each input takes, by the input's name; empty where the only input takes the image, or
  /// several take the columns of their names.
  public var inputs: [String: String] = [:]
  /// What the outputs are trained towards, by name; empty for a model with one output.
  public var outputs: [String: OutputChoice] = [:]
  /// Names of layers, such as Normalization, that take their state from the training data before the first step; those
  /// that cannot run without one do it unnamed.
  public var adapt: [String] = []
  /// What was found for them. No configuration says it: checkpoints have it in their layers.
  package var adapted: [AdaptedLayer] = []
  /// Samples that cannot be read, by the location of their data. No configuration says it.
  package var unreadable: [String: UnreadableSamples] = [:]
  public var preprocessing = Preprocessing()
  public var augmentation: [Augmentation] = []
  /// Behind the augmentation, of which it is the long form.
  public var transforms: [TransformChoice] = []
  /// How many differently augmented views there are of each image; nil makes a new one in every epoch.
  public var views: Int?
  public var featureCache = FeatureCacheChoice.automatic
  public var normalization = Normalization.shard
  public var convolution = ConvolutionChoice.automatic
  public var checkpoint = CheckpointPolicy()
  public var seed = 0
  public var threads = ThreadCount.automatic
  public var pin = Pinning.automatic
  public var reducer = ReducerChoice.overlapped
  public var exchange = ReductionTopology.Choice.automatic
  public var gradients = GradientPrecision.float32
  /// What is done with activations that backward reads; the same bits.
  public var memory = MemoryUse.balanced
  /// How long a rank waits for the others in one operation before the run is ended; five times as long until the first
  /// step has ended.
  public var patience = Seconds(120)
  /// Steps from one comparison of the replicas to the next; 0 never compares them.
  public var checkEvery = 50
  public var onDesync = DesyncChoice.stop
  public var onNonFinite = NonFiniteChoice.stop
  /// Phases that train different layers; they say how many epochs there are.
  public var finetune: FinetuneChoice? { didSet { if let finetune { epochs = finetune.epochs } } }

  public init(model: ModelChoice, data: DataChoice) { (self.model, self.data) = (model, data) }

  /// Over what batch normalisation takes its statistics in training.
  public enum Normalization: String, Hashable, Sendable, Codable, CaseIterable {
    /// Over each shard; running statistics are pooled over all shards.
    case shard
    /// Over the whole batch: all ranks meet at every batch normalisation.
    case global
  }

  /// Whether every worker stays on one processor.
  public enum Pinning: String, Hashable, Sendable, Codable, CaseIterable {
    /// Where the launcher has bound the rank to some of the machine's processors.
    case automatic = "auto"
    /// Where there are enough of them; right if nobody else uses the machine.
    case always
    case never
  }

  /// When gradients are exchanged. The sums are the same bits.
  public enum ReducerChoice: String, Hashable, Sendable, Codable, CaseIterable {
    /// Bucket by bucket, while backward computes the others.
    case overlapped
    /// The same on a thread of its own, which wants a processor that nobody else needs.
    case threaded
    /// After backward.
    case blocking
  }

  /// The consequence when a rank has other weights than the others.
  public enum DesyncChoice: String, Hashable, Sendable, Codable, CaseIterable {
    case stop
    /// The ranks in the minority take the values of the majority, if there is one.
    case repair
  }

  /// The consequence when a loss or a gradient is infinite or not a number.
  public enum NonFiniteChoice: String, Hashable, Sendable, Codable, CaseIterable {
    case stop
    /// The step changes nothing, and is counted.
    case skip
  }

  /// The algorithm of convolutions: part of the recipe, because it decides the last bits.
  public enum ConvolutionChoice: String, Hashable, Sendable, Codable, CaseIterable {
    /// By shape and processor.
    case automatic = "auto"
    /// By shape and processor, but plain sums only: never Winograd, whose transforms round too.
    case exact
    case direct
    case lowered
    /// Winograd wherever it computes the convolution, and elsewhere by shape and processor.
    case winograd
  }
}

extension Recipe {
  private enum CodingKeys: String, CodingKey {
    case model, data, batch, shards, epochs, optimizer, schedule, loss, preprocessing, augmentation, normalization
    case convolution, checkpoint, seed, threads, pin, reducer, exchange, gradients, patience, checkEvery, onDesync
    case onNonFinite, memory, finetune, labelSmoothing, classWeights
    case average, earlyStopping, views, featureCache, transforms, inputs, outputs, metrics, adapt
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let model = try values.decodeIfPresent(ModelChoice.self, forKey: .model)
    self.init(model: model ?? .file(""), data: try values.decode(DataChoice.self, forKey: .data))
    try values.update(&batch, .batch)
    shards = try values.decodeIfPresent(Int.self, forKey: .shards) ?? Recipe.usualShards(batch: batch)
    try values.update(&epochs, .epochs)
    try values.update(&optimizer, .optimizer)
    try values.update(&schedule, .schedule)
    loss = try values.decodeIfPresent(FunctionChoice.self, forKey: .loss)
    metrics = try values.decodeIfPresent([FunctionChoice].self, forKey: .metrics)
    try values.update(&preprocessing, .preprocessing)
    try values.update(&augmentation, .augmentation)
    try values.update(&transforms, .transforms)
    try values.update(&normalization, .normalization)
    try values.update(&convolution, .convolution)
    try values.update(&checkpoint, .checkpoint)
    try values.update(&seed, .seed)
    try values.update(&threads, .threads)
    try values.update(&pin, .pin)
    try values.update(&reducer, .reducer)
    try values.update(&exchange, .exchange)
    try values.update(&gradients, .gradients)
    try values.update(&patience, .patience)
    try values.update(&checkEvery, .checkEvery)
    try values.update(&onDesync, .onDesync)
    try values.update(&onNonFinite, .onNonFinite)
    try values.update(&memory, .memory)
    try values.update(&labelSmoothing, .labelSmoothing)
    try values.update(&classWeights, .classWeights)
    try values.update(&adapt, .adapt)
    try values.update(&inputs, .inputs)
    try values.update(&outputs, .outputs)
    views = try values.decodeIfPresent(Int.self, forKey: .views)
    try values.update(&featureCache, .featureCache)
    average = try values.decodeIfPresent(AverageChoice.self, forKey: .average)
    earlyStopping = try values.decodeIfPresent(EarlyStoppingChoice.self, forKey: .earlyStopping)
    finetune = try values.decodeIfPresent(FinetuneChoice.self, forKey: .finetune)
    if model == nil {
      // Without a file to fine-tune, the model is what is missing.
      self.model = try finetune?.from.map { .file($0) } ?? values.decode(ModelChoice.self, forKey: .model)
    }
    try requireEpochs(try values.decodeIfPresent(Int.self, forKey: .epochs))
    // Observers are not called here.
    if let finetune { epochs = finetune.epochs }
  }
}

extension KeyedDecodingContainer {
  /// Overwrites a default where the key is present.
  func update<Value: Decodable>(_ value: inout Value, _ key: Key) throws {
    if let given = try decodeIfPresent(Value.self, forKey: key) { value = given }
  }
}

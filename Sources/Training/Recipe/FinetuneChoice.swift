public import Tasks

/// How a network that has been trained on something else is taught something new, phase by phase:
///
///     finetune:
///       from: vgg16.h5
///       head: {dropout: 0.3}
///       phases:
///         - {freeze: backbone, epochs: 3, rate: 1.0e-3}
///         - {unfreeze: from block5_conv1, epochs: 10, rate: 1.0e-5}
public struct FinetuneChoice: Hashable, Sendable, Codable {
  /// How the layers of the backbone run in training where they are trained; frozen ones run as at inference.
  public enum BatchNormalizationChoice: String, Hashable, Sendable, Codable, CaseIterable {
    /// Batch normalisation with the moving statistics, which stay as they are, and no dropout: what Keras recommends
    /// (`backbone(inputs, training=False)`). Its scales and offsets are trained.
    case inference
    /// With the statistics of the batch, which the moving ones follow, and dropout.
    case training
  }

  /// A file with the first weights, whose architecture is the model where the recipe names no other; nil takes those of
  /// the model.
  public var from: String?
  /// The classifier that takes the place of the old one; nil keeps the old one.
  public var head: HeadChoice?
  /// The layer whose output the classifier takes; nil finds it (`Graph.features`).
  public var features: String?
  public var batchNormalization = BatchNormalizationChoice.inference
  public var phases: [PhaseChoice]

  public init(phases: [PhaseChoice]) { self.phases = phases }

  /// Epochs of all phases whose length is given in epochs; at least 1.
  var epochs: Int { max(1, phases.reduce(0) { $0 + ($1.epochs ?? 0) }) }

  private enum CodingKeys: String, CodingKey { case from, head, features, batchNormalization, phases }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(phases: try values.decode([PhaseChoice].self, forKey: .phases))
    from = try values.decodeIfPresent(String.self, forKey: .from)
    head = try values.decodeIfPresent(HeadChoice.self, forKey: .head)
    features = try values.decodeIfPresent(String.self, forKey: .features)
    try values.update(&batchNormalization, .batchNormalization)
  }
}

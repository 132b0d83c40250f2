/// The target of an output, and how it is measured: Keras's `compile(loss=…, loss_weights=…,
/// metrics=…)` for one output: `{target: label, loss: binary_crossentropy, weight: 0.8, metrics: [accuracy]}`.
public struct OutputChoice: Hashable, Sendable, Codable {
  /// The column of the data; nil is the label.
  public var target: String?
  /// Nil is that of a compiled model, else the cross-entropy that the end of the output asks for.
  public var loss: FunctionChoice?
  /// Of the loss, in the sum over all outputs; nil is that of a compiled model, else 1.
  public var weight: Double?
  /// Nil are those of a compiled model, else the accuracy where the target is a class.
  public var metrics: [FunctionChoice]?
  public var classWeights = ClassWeightsChoice.equal

  public init() {}

  private enum CodingKeys: String, CodingKey { case target, loss, weight, metrics, classWeights }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    target = try values.decodeIfPresent(String.self, forKey: .target)
    loss = try values.decodeIfPresent(FunctionChoice.self, forKey: .loss)
    weight = try values.decodeIfPresent(Double.self, forKey: .weight)
    metrics = try values.decodeIfPresent([FunctionChoice].self, forKey: .metrics)
    try values.update(&classWeights, .classWeights)
  }
}

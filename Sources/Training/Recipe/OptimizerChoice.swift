/// The optimizer and its numbers: `{name: sgd, rate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 5.0e-4}`.
public struct OptimizerChoice: Hashable, Sendable, Codable {
  public enum Name: String, Hashable, Sendable, Codable, CaseIterable { case sgd, adam, adamw }

  public var name = Name.sgd
  /// Learning rate; nil is 0.01 for SGD and 0.001 for the others, as in Keras.
  public var rate: Double?
  /// SGD: weight of the old velocity.
  public var momentum = 0.0
  /// SGD: whether the step looks ahead along the velocity.
  public var nesterov = false
  /// SGD and Adam: added to the gradient, times the weight, for every parameter. AdamW: taken off the weight itself.
  public var weightDecay: Double?
  /// Adam: weight of the old first and second moment, and what keeps the root from zero.
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-7

  public init() {}

  private enum CodingKeys: String, CodingKey { case name, rate, momentum, nesterov, weightDecay, beta1, beta2, epsilon }

  /// Also `sgd` alone.
  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(Name.self) {
      self.name = name
      return
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.update(&name, .name)
    rate = try values.decodeIfPresent(Double.self, forKey: .rate)
    try values.update(&momentum, .momentum)
    try values.update(&nesterov, .nesterov)
    weightDecay = try values.decodeIfPresent(Double.self, forKey: .weightDecay)
    try values.update(&beta1, .beta1)
    try values.update(&beta2, .beta2)
    try values.update(&epsilon, .epsilon)
  }
}

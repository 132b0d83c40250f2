/// The optimizer and its numbers: `{name: sgd, rate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 5.0e-4}`.
public struct OptimizerChoice: Hashable, Sendable, Codable {
  public enum Name: String, Hashable, Sendable, Codable, CaseIterable { case sgd, adam, adamw, rmsprop, lars, lamb }

  public var name = Name.sgd { didSet { isNamed = true } }
  /// Whether the configuration says the name.
  public internal(set) var isNamed = false
  /// Learning rate; nil is 0.01 for SGD and LARS and 0.001 for the others, as in Keras.
  public var rate: Double?
  /// SGD, RMSprop and LARS: weight of the old velocity.
  public var momentum = 0.0
  /// SGD: whether the step looks ahead along the velocity.
  public var nesterov = false
  /// SGD, Adam and RMSprop: added to the gradient, times the weight, for every parameter. AdamW: taken off the weight
  /// itself, times the rate. LARS and LAMB: for parameters of two or more dimensions.
  public var weightDecay: Double?
  /// SGD and RMSprop: whether the decay is taken off the weight itself, as Keras's `weight_decay` is.
  public var decoupled = false
  /// Adam and LAMB: weight of the old first and second moment.
  public var beta1 = 0.9
  public var beta2 = 0.999
  /// Adam, RMSprop and LAMB: what keeps the divisor from zero; nil is 1e-6 for LAMB and 1e-7 for the others.
  public var epsilon: Double?
  /// RMSprop: weight of the old mean square, and whether the square of the mean is taken off it.
  public var rho = 0.9
  public var centered = false
  /// LARS: what every layer's rate is multiplied by.
  public var coefficient = 0.001
  /// The norm over all gradients together, at most (Keras's `global_clipnorm`).
  public var clipNorm: Double?
  /// The magnitude of every gradient, at most (Keras's `clipvalue`).
  public var clipValue: Double?
  /// Steps that the optimizer had made before the first one of the run: those of a file that goes on here.
  public var iterations = 0

  public init() {}

  private enum CodingKeys: String, CodingKey {
    case name, rate, momentum, nesterov, weightDecay, beta1, beta2, epsilon, rho, centered, coefficient, clipNorm,
      clipValue, decoupled, iterations
  }

  /// Also `sgd` alone.
  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(Name.self) {
      (self.name, isNamed) = (name, true)
      return
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    if let name = try values.decodeIfPresent(Name.self, forKey: .name) { (self.name, isNamed) = (name, true) }
    rate = try values.decodeIfPresent(Double.self, forKey: .rate)
    try values.update(&momentum, .momentum)
    try values.update(&nesterov, .nesterov)
    weightDecay = try values.decodeIfPresent(Double.self, forKey: .weightDecay)
    try values.update(&beta1, .beta1)
    try values.update(&beta2, .beta2)
    epsilon = try values.decodeIfPresent(Double.self, forKey: .epsilon)
    try values.update(&rho, .rho)
    try values.update(&centered, .centered)
    try values.update(&coefficient, .coefficient)
    clipNorm = try values.decodeIfPresent(Double.self, forKey: .clipNorm)
    clipValue = try values.decodeIfPresent(Double.self, forKey: .clipValue)
    try values.update(&decoupled, .decoupled)
    try values.update(&iterations, .iterations)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    if isNamed { try values.encode(name, forKey: .name) }
    try values.encodeIfPresent(rate, forKey: .rate)
    try values.encode(momentum, forKey: .momentum)
    try values.encode(nesterov, forKey: .nesterov)
    try values.encodeIfPresent(weightDecay, forKey: .weightDecay)
    if decoupled { try values.encode(decoupled, forKey: .decoupled) }
    try values.encode(beta1, forKey: .beta1)
    try values.encode(beta2, forKey: .beta2)
    try values.encodeIfPresent(epsilon, forKey: .epsilon)
    try values.encode(rho, forKey: .rho)
    try values.encode(centered, forKey: .centered)
    try values.encode(coefficient, forKey: .coefficient)
    try values.encodeIfPresent(clipNorm, forKey: .clipNorm)
    try values.encodeIfPresent(clipValue, forKey: .clipValue)
    if iterations != 0 { try values.encode(iterations, forKey: .iterations) }
  }
}

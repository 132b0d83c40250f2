import Networks

/// How the learning rate moves: `{name: cosine, warmup: 1 epoch}`, or one of Keras's by its name and arguments,
/// `{ExponentialDecay: {decay_steps: 1000, decay_rate: 0.96}}`.
public struct ScheduleChoice: Hashable, Sendable, Codable {
  public enum Name: String, Hashable, Sendable, Codable, CaseIterable {
    case constant
    /// Half a cosine from the rate to 0.
    case cosine
    /// Times `factor` every `every`.
    case step
    /// From the rate to `end`, as `(1 - progress)^power`.
    case polynomial
    /// Up to the rate and far down again, both along half a cosine.
    case oneCycle
  }

  public var name = Name.constant
  /// Linear rise from 0 at the start.
  public var warmup = Span.steps(0)
  /// `step` only.
  public var every = Span.epochs(30)
  public var factor = 0.1

  /// `polynomial` only: how the way down bends, and the rate at its end.
  public var power = 1.0
  public var end = 0.0
  /// `oneCycle` only: the share of training after which the rate is reached, by what it is divided at the start, and by
  /// what the start is divided at the end.
  public var peakAt = 0.3
  public var startFactor = 25.0
  public var endFactor = 1e4
  /// Nil where it is none of Keras's; what is above means nothing to those.
  public var keras: KerasScheduleChoice?

  public init() {}

  public init(keras: KerasScheduleChoice) { self.keras = keras }

  /// What messages call it.
  var title: String { keras?.className ?? name.rawValue }

  /// Whether the rate of a step depends on how many steps the course has.
  var isSpread: Bool { keras == nil && self != ScheduleChoice() && name != .step }

  private enum CodingKeys: String, CodingKey {
    case name, warmup, every, factor, power, end, peakAt, startFactor, endFactor
    case cosineDecay = "CosineDecay"
    case cosineDecayRestarts = "CosineDecayRestarts"
    case exponentialDecay = "ExponentialDecay"
    case inverseTimeDecay = "InverseTimeDecay"
    case piecewiseConstantDecay = "PiecewiseConstantDecay"
    case polynomialDecay = "PolynomialDecay"
    case reduceLROnPlateau = "ReduceLROnPlateau"

    static let keras = [
      cosineDecay, cosineDecayRestarts, exponentialDecay, inverseTimeDecay, piecewiseConstantDecay, polynomialDecay,
      reduceLROnPlateau,
    ]
  }

  /// Also `cosine` alone.
  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(Name.self) {
      self.name = name
      return
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.update(&name, .name)
    try values.update(&warmup, .warmup)
    try values.update(&every, .every)
    try values.update(&factor, .factor)
    try values.update(&power, .power)
    try values.update(&end, .end)
    try values.update(&peakAt, .peakAt)
    try values.update(&startFactor, .startFactor)
    try values.update(&endFactor, .endFactor)
    for key in CodingKeys.keras where values.contains(key) {
      guard values.allKeys.count == 1 else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: values, debugDescription: "a schedule of Keras's has its arguments and no keys beside it")
      }
      let arguments = try values.decode(JSONValue?.self, forKey: key) ?? .null
      guard let arguments = arguments == .null ? [:] : arguments.asObject else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: values, debugDescription: "its arguments are keys with values, such as {decay_steps: 1000}")
      }
      keras = KerasScheduleChoice(className: key.rawValue, arguments: arguments)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    if let keras {
      return try values.encode(JSONValue.object(keras.arguments), forKey: CodingKeys(stringValue: keras.className)!)
    }
    try values.encode(name, forKey: .name)
    try values.encode(warmup, forKey: .warmup)
    try values.encode(every, forKey: .every)
    try values.encode(factor, forKey: .factor)
    try values.encode(power, forKey: .power)
    try values.encode(end, forKey: .end)
    try values.encode(peakAt, forKey: .peakAt)
    try values.encode(startFactor, forKey: .startFactor)
    try values.encode(endFactor, forKey: .endFactor)
  }
}

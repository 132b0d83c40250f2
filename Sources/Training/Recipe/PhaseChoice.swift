/// A part of a fine-tuning: which layers are trained, for how long and how fast.
///
/// A phase takes over what the one before it has frozen; `freeze` comes before `unfreeze`. What selects layers is said
/// in `LayerSelection`.
public struct PhaseChoice: Hashable, Sendable, Codable {
  /// Unfreezing from the top: the layers that are farthest from the input first.
  public struct Gradual: Hashable, Sendable, Codable {
    /// From one step of unfreezing to the next.
    public var every: Span
    /// Layers of kernels that are unfrozen at a time; those side by side count as one, with their normalisations.
    public var layers = 1

    public init(every: Span, layers: Int = 1) { (self.every, self.layers) = (every, layers) }

    private enum CodingKeys: String, CodingKey { case every, layers }

    /// Also `1 epoch` alone.
    public init(from decoder: any Decoder) throws {
      if let every = try? decoder.singleValueContainer().decode(Span.self) {
        self.every = every
        return
      }
      let values = try decoder.container(keyedBy: CodingKeys.self)
      every = try values.decode(Span.self, forKey: .every)
      try values.update(&layers, .layers)
    }
  }

  public var freeze: [String] = []
  public var unfreeze: [String] = []
  /// Nil unfreezes everything at once.
  public var gradually: Gradual?
  /// The length: one of the two.
  public var epochs: Int?
  public var steps: Int?
  /// The learning rate; nil is the optimizer's.
  public var rate: Double?
  /// Over this phase alone, its warm-up included; nil is the recipe's.
  public var schedule: ScheduleChoice?
  /// What the learning rates of some layers are multiplied by; where several match, by all of them.
  public var rates: [String: Double] = [:]
  /// What the learning rate is multiplied by from each layer of kernels to the one below it (`Graph.depths`).
  public var layerDecay = 1.0

  public init() {}

  func steps(perEpoch: Int) -> Int { steps ?? (epochs ?? 0) * perEpoch }

  private enum CodingKeys: String, CodingKey {
    case freeze, unfreeze, gradually, epochs, steps, rate, schedule, rates, layerDecay
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func selectors(_ key: CodingKeys) throws -> [String] {
      guard values.contains(key) else { return [] }
      if let one = try? values.decode(String.self, forKey: key) { return [one] }
      return try values.decode([String].self, forKey: key)
    }
    freeze = try selectors(.freeze)
    unfreeze = try selectors(.unfreeze)
    gradually = try values.decodeIfPresent(Gradual.self, forKey: .gradually)
    epochs = try values.decodeIfPresent(Int.self, forKey: .epochs)
    steps = try values.decodeIfPresent(Int.self, forKey: .steps)
    rate = try values.decodeIfPresent(Double.self, forKey: .rate)
    schedule = try values.decodeIfPresent(ScheduleChoice.self, forKey: .schedule)
    try values.update(&rates, .rates)
    try values.update(&layerDecay, .layerDecay)
  }
}

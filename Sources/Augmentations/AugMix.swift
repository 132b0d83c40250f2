public import Kernels
public import Tensors

/// A mean of an image and of chains of augmentations of it (Keras's `AugMix`; Hendrycks et al., 2020): w x +
/// (1 - w) sum of w_i chain_i(x), with weights of Dirichlet's and the beta distribution.
public struct AugMix: PictureAugmentation {
  public static let kerasName = "AugMix"
  public static var obstacleToMasks: String? { "is a mean of differently moved images, and masks have no mean" }
  public static var obstacleToBoxes: String? { "is a mean of differently moved images, and boxes have no mean" }

  public var chains: Int, depth: Int
  public var factor: FactorRange
  public var alpha: Double
  public var takesAll: Bool
  public var interpolation: Interpolation
  public var valueRange: ClosedRange<Double>
  public let list: AugmentationList

  public struct Drawn: Sendable {
    /// Of the image itself, and of each chain.
    public var ownWeight: Float, weights: [Float]
    public var chains: [[AugmentationList.Step]]

    public init(ownWeight: Float, weights: [Float], chains: [[AugmentationList.Step]]) {
      (self.ownWeight, self.weights, self.chains) = (ownWeight, weights, chains)
    }
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    chains = try arguments.integer("num_chains", in: 1...64, default: 3)
    depth = try arguments.integer("chain_depth", in: 1...64, default: 3)
    factor = try arguments.range("factor", in: 0...1, default: FactorRange(0, 0.3))
    alpha = try arguments.number("alpha", in: 1e-3...1e3, default: 1)
    takesAll = try arguments.flag("all_ops", default: true)
    interpolation = try arguments.interpolation()
    valueRange = try arguments.valueRange()
    list = AugmentationList(factor: factor, interpolation: interpolation, valueRange: valueRange)
  }

  public var arguments: [String: ArgumentValue] {
    [
      "value_range": .pair(valueRange), "num_chains": .integer(chains), "chain_depth": .integer(depth),
      "factor": .pair(factor), "alpha": .number(alpha), "all_ops": .flag(takesAll),
      "interpolation": .text(interpolation.rawValue),
    ]
  }

  public func obstacle(channels: Int) -> String? { channels == 1 ? nil : requireThreeChannels(channels) }
  public var scratchPictures: Int { AugmentationList.scratchPictures + depth + 3 }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Drawn {
    let shares = (0..<chains).map { _ in random.gamma(alpha) }
    let sum = shares.reduce(0, +)
    let own = random.beta(alpha, alpha)
    let kinds = takesAll ? AugmentationList.Kind.allCases : AugmentationList.Kind.fewer
    let steps = (0..<chains).map { _ in
      (0..<depth).compactMap { _ -> AugmentationList.Step? in
        // One of the choices is nothing.
        let choice = random.integer(below: kinds.count + 1)
        return choice < kinds.count ? list.draw(kinds[choice], size, &random) : nil
      }
    }
    return Drawn(ownWeight: Float(own), weights: shares.map { Float($0 / sum) }, chains: steps)
  }

  public func apply(_ drawn: Drawn, to picture: FloatPicture, _ memory: Buffer) {
    mix(drawn, picture, memory, from: 2)
    picture.clip(valueRange.floats)
  }

  /// - Parameter place: of the first picture's worth of memory behind the first two that is free.
  private func mix(_ drawn: Drawn, _ picture: FloatPicture, _ memory: Buffer, from place: Int) {
    let count = picture.count
    let (chain, sum) = (picture.like(in: memory), picture.like(in: memory[count..<2 * count]))
    let rest = memory[place * count..<memory.count]
    sum.numbers.fill(0)
    for (steps, weight) in zip(drawn.chains, drawn.weights) {
      chain.copy(from: picture)
      for step in steps { list.apply(step, to: chain, rest) }
      sum.map(with: chain) { $0 + $1 * weight }
    }
    let own = drawn.ownWeight
    picture.map(with: sum) { own * $0 + (1 - own) * $1 }
  }

  public func differentiate(_ drawn: Drawn, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    let count = picture.count
    let (part, sum) = (picture.like(in: memory), picture.like(in: memory[count..<2 * count]))
    let rest = memory[2 * count..<memory.count]
    let behind = picture.like(in: memory[2 * count..<3 * count])
    behind.copy(from: picture)
    mix(drawn, behind, memory, from: 3)
    gradient.keepGradient(where: behind, isIn: valueRange.floats)
    sum.numbers.fill(0)
    for (steps, weight) in zip(drawn.chains, drawn.weights) {
      part.copy(from: gradient)
      list.differentiate(steps[...], at: picture, part, rest)
      let share = (1 - drawn.ownWeight) * weight
      sum.map(with: part) { $0 + $1 * share }
    }
    let own = drawn.ownWeight
    gradient.map(with: sum) { own * $0 + $1 }
  }
}

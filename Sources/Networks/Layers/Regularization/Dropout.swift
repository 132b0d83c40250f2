public import Tensors

/// In training sets each element to zero with probability `rate` and divides the others by 1 - rate; nothing at
/// inference (Srivastava et al., 2014). Any shape to the same shape.
///
/// What is kept is a function of seed, step, layer and sample alone: no mask is stored, and ranks do not matter.
public struct Dropout: Layer {
  public static let kerasName = "Dropout"
  public let rate: Double
  /// Sizes of the mask, 1 where an axis shares it; nil is the size of the input. Empty stands for the input's shape.
  public let noiseShape: [Int?]
  private var mask: SharedMask

  public init(_ rate: Double, noiseShape: [Int?] = []) {
    precondition((0..<1).contains(rate), "a share of elements: at least 0 and below 1")
    (self.rate, self.noiseShape, mask) = (rate, noiseShape, SharedMask(rate: rate))
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(try configuration.rate(), noiseShape: try configuration.noiseShape())
    configuration.dropSeed()
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    let sizes = [.null] + noiseShape.map { $0.map { JSONValue.integer($0) } ?? .null }
    return ["rate": .number(rate), "seed": .null, "noise_shape": noiseShape.isEmpty ? .null : .array(sizes)]
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    try sharing(with: try inputs.one()).signature(of: inputs[0])
  }

  private func sharing(with input: Shape) throws(ShapeError) -> SharedMask {
    try SharedMask(rate: rate, noiseShape: noiseShape, input: input)
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    if let mask = try? sharing(with: inputs[0]) { copy.mask = mask }
    return copy
  }

  public func atInference() -> any Layer { Identity() }

  public func forward(_ pass: borrowing ForwardPass) { mask.forward(pass) }
  public func backward(_ pass: borrowing BackwardPass) { mask.backward(pass) }
}

extension SharedMask {
  /// - Parameter noiseShape: as `Dropout` has it.
  init(rate: Double, noiseShape: [Int?], input: Shape) throws(ShapeError) {
    self.init(rate: rate)
    guard !noiseShape.isEmpty else { return }
    let sizes = zip(noiseShape, input.dimensions).map { $0 ?? $1 }
    guard noiseShape.count == input.rank, zip(sizes, input.dimensions).allSatisfy({ $0 == $1 || $0 == 1 }) else {
      throw ShapeError(
        "has a mask of shape \(noiseShape.map { $0.map(String.init) ?? "null" }) for the input \(input); give each "
          + "axis 1, its size or null."
      )
    }
    if sizes != input.dimensions { shape = Shape(sizes) }
  }
}

import Kernels
public import Tensors

/// A vector n times: (F) to (n, F). Backward sums over the n.
public struct RepeatVector: Layer {
  public static let kerasName = "RepeatVector"
  public let count: Int

  public init(_ count: Int) {
    precondition(count > 0, "a vector at least once")
    self.count = count
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    count = try configuration.integer("n")
    guard count > 0 else {
      throw ImportError("layer '\(configuration.layerName)' (RepeatVector): n is \(count), but must be at least 1.")
    }
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["n": .integer(count)] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    Signature(outputs: [[count, try inputs.one(rank: 1).channels]])
  }

  public func forward(_ pass: borrowing ForwardPass) { Combination.copy(pass.input, into: pass.output) }

  public func backward(_ pass: borrowing BackwardPass) {
    if let inputGradient = pass.inputGradient { Combination.sum(pass.outputGradient, into: inputGradient) }
  }
}

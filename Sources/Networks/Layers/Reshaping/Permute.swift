import Kernels
public import Tensors

/// The axes in another order: axis i of the output is axis `dimensions[i]` of the input, both counted from 1.
public struct Permute: Layer {
  public static let kerasName = "Permute"
  public let dimensions: [Int]
  /// The same, counted from 0.
  private let order: [Int]

  public init(_ dimensions: [Int]) {
    precondition(dimensions.sorted() == Array(1...max(1, dimensions.count)), "\(dimensions) is no permutation")
    (self.dimensions, order) = (dimensions, dimensions.map { $0 - 1 })
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    let axes = (configuration.value("dims").asArray ?? []).map(\.asInteger)
    let known = axes.compactMap(\.self)
    guard !known.isEmpty, known.count == axes.count, known.sorted() == Array(1...known.count) else {
      throw ImportError(
        "layer '\(configuration.layerName)' (Permute): dims is \(configuration.value("dims").brief), but must name "
          + "each axis from 1 once."
      )
    }
    self.init(known)
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["dims": JSONValue(dimensions)] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one(rank: dimensions.count)
    return Signature(outputs: [Shape(order.map { input.dimensions[$0] })])
  }

  public func forward(_ pass: borrowing ForwardPass) {
    Rearrangement.permute(pass.input, order: order, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    Rearrangement.permute(pass.outputGradient, order: order, inverted: true, into: inputGradient)
  }
}

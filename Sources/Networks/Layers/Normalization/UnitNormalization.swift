import Kernels
public import Tensors

/// Makes each sample a vector of length 1 along some axes: y = x / sqrt(max(sum of x^2, 1e-12)). Any shape to the same
/// shape.
public struct UnitNormalization: Layer {
  public static let kerasName = "UnitNormalization"
  public let axes: [Int]
  /// The least length that is divided by.
  private let floor: Double
  private var bound: GroupedNormalization?

  public init(axes: [Int] = [-1]) { self.init(axes: axes, floor: 1e-6) }

  init(axes: [Int], floor: Double) { (self.axes, self.floor) = (axes, floor) }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(axes: try configuration.axes())
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["axis": axes.count == 1 ? .integer(axes[0]) : JSONValue(axes)]
  }

  private func kernel(_ input: Shape) throws(ShapeError) -> GroupedNormalization {
    let positions = try input.positions(ofAxes: axes)
    return GroupedNormalization(Grouping(input, joining: positions), form: .unitLength, epsilon: Float(floor * floor))
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    ScaleAndShift().signature(of: try kernel(try inputs.one()), shape: [])
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.bound = try? kernel(inputs[0])
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) { ScaleAndShift().forward(bound!, pass) }
  public func backward(_ pass: borrowing BackwardPass) { ScaleAndShift().backward(bound!, pass) }
}

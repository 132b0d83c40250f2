import Kernels
public import Tensors

/// Softmax along one axis, or over the elements of several: y = exp(x - m) / sum of exp(x - m), with m the largest x.
/// Any shape to the same shape.
public struct Softmax: Layer {
  public static let kerasName = "Softmax"
  /// As Keras counts them: 0 is the batch, -1 the channels.
  public let axes: [Int]
  private var bound: Grouping?

  public init(axes: [Int] = [-1]) { self.axes = axes }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(axes: try configuration.axes())
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["axis": axes.count == 1 ? .integer(axes[0]) : JSONValue(axes)]
  }

  /// Whether it is taken over the channels, as a classifier's last.
  func isOverChannels(of shape: Shape) -> Bool { axes == [-1] || axes == [shape.rank] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    _ = try input.positions(ofAxes: axes)
    return ActivationFunction.softmax.signature(of: input)
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    if !isOverChannels(of: inputs[0]), let positions = try? inputs[0].positions(ofAxes: axes) {
      copy.bound = Grouping(inputs[0], joining: positions)
    }
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) {
    guard let bound else { return ActivationFunction.softmax.forward(pass) }
    GroupedSoftmax.apply(pass.input, grouping: bound, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let bound else { return ActivationFunction.softmax.backward(pass) }
    guard let inputGradient = pass.inputGradient else { return }
    GroupedSoftmax.differentiate(
      output: pass.output, gradient: pass.outputGradient, grouping: bound, into: inputGradient)
  }
}

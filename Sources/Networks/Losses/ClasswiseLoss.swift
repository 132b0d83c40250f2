public import Kernels
public import Tensors

/// A loss that compares all classes of a position, along one axis, with targets of the same shape; over the positions
/// goes `reduction`.
public protocol ClasswiseLoss: LossLayer {
  var reduction: LossReduction { get }
  var function: ClassLoss { get }
  /// As Keras counts it: -1 is the last one.
  var axis: Int { get }
  /// What targets become, and weights; by default nothing.
  func prepare(_ classes: inout ClassLoss.Classes, shape: Shape)
}

extension ClasswiseLoss {
  public func prepare(_ classes: inout ClassLoss.Classes, shape: Shape) {}

  public func targetShape(for predictions: [Shape]) throws(ShapeError) -> Shape { try predictions.one() }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let signature = try signature(comparing: inputs)
    _ = try inputs[0].axisFromEnd(axis)
    return signature
  }

  private func classes(_ shape: Shape) -> ClassLoss.Classes {
    var classes = ClassLoss.Classes(axis: axis < 0 ? -axis - 1 : shape.rank - axis)
    prepare(&classes, shape: shape)
    return classes
  }

  public func isSumOfStrips(of predictions: Shape) -> Bool { axis == -1 || axis == predictions.rank }

  private func divisor(_ shape: Shape, _ classes: ClassLoss.Classes, _ strips: Int) -> Double {
    reduction.divisor(positions: shape.count / shape.dimensions[shape.rank - 1 - classes.axis] * strips)
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let predictions = pass.inputs[0]
    let classes = classes(predictions.shape)
    function.measure(
      predictions, target: pass.inputs[1], classes: classes, live: pass.live,
      divisor: divisor(predictions.shape, classes, pass.strips), into: pass.losses)
    pass.losses.copy(into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let gradient = pass.inputGradient else { return }
    let classes = classes(gradient.shape)
    function.differentiate(
      pass.inputs[0], target: pass.inputs[1], classes: classes, factors: pass.outputGradient,
      divisor: divisor(gradient.shape, classes, pass.strips), into: gradient)
  }
}

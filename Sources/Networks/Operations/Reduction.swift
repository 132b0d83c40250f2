import Kernels
import Tensors

/// The sum, mean, largest or smallest element over some axes, which then have size 1 or are gone.
///
/// Backward: dy (over their number, for the mean) to all elements, or dy to the one that is the largest or smallest,
/// shared where several are equal.
struct Reduction: OperationBody {
  enum Function: Sendable { case sum, mean, maximum, minimum }

  let function: Function
  /// As Keras counts them; nil is every axis, the batch too.
  let axes: [Int]?
  let keepsAxes: Bool
  /// The same among the four axes of a view, ascending, for the input that the layer is bound to.
  private var positions: [Int] = []
  private var count = 1

  init(_ function: Function, axes: [Int]?, keepsAxes: Bool) {
    (self.function, self.axes, self.keepsAxes) = (function, axes, keepsAxes)
  }

  private func reduced(_ input: Shape) throws(ShapeError) -> [Int] {
    guard let axes else { throw ShapeError("reduces over the batch; name the axes of the sample.") }
    return Array(Set(try input.positions(ofAxes: axes))).sorted()
  }

  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    let reduced = try reduced(input)
    var sizes: [Int] = []
    for (axis, size) in input.dimensions.enumerated() {
      if !reduced.contains(axis) { sizes.append(size) } else if keepsAxes { sizes.append(1) }
    }
    var signature = Signature(outputs: [Shape(sizes)])
    if function == .maximum || function == .minimum { signature.backwardReads = [.inputs, .outputs] }
    return signature
  }

  func bound(to inputs: [Shape]) -> any Layer {
    guard let reduced = try? reduced(inputs[0]) else { preconditionFailure("bound to a shape that does not fit") }
    var copy = self
    copy.positions = reduced.map { 4 - inputs[0].rank + $0 }
    copy.count = reduced.reduce(1) { $0 * inputs[0].dimensions[$1] }
    return copy
  }

  /// The output with the reduced axes in place, of size 1.
  private func whole(_ output: Tensor) -> TensorView {
    var view = TensorView(output)
    if !keepsAxes { for axis in positions { view = view.inserting(axis: axis) } }
    return view
  }

  func forward(_ pass: borrowing ForwardPass) {
    let (input, output) = (TensorView(pass.input), whole(pass.output))
    switch function {
    case .sum: output.sum(input)
    case .mean:
      output.sum(input)
      output.copy(output, factor: 1 / Float(count))
    case .maximum, .minimum: output.extreme(of: input, largest: function == .maximum)
    }
  }

  func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    let (target, dy) = (TensorView(inputGradient), whole(pass.outputGradient))
    switch function {
    case .sum: target.copy(dy)
    case .mean: target.copy(dy, factor: 1 / Float(count))
    case .maximum, .minimum:
      target.differentiateExtreme(of: TensorView(pass.input), output: whole(pass.output), gradient: dy)
    }
  }
}

import Kernels
import Tensors

/// The sum, mean, largest or smallest element, variance or standard deviation over some axes, which then have size 1 or
/// are gone.
///
/// Backward: dy (over their number, for the mean) to all elements, or dy to the one that is the largest or smallest,
/// shared where several are equal; of n elements with the mean m
///
///     y = sum (x - m)^2 / n:        dx = 2 (x - m) dy / n          y = sqrt(sum (x - m)^2 / n):  dx = (x - m) dy / (n
///     y)
struct Reduction: OperationBody {
  enum Function: Sendable { case sum, mean, maximum, minimum, variance, deviation }

  let function: Function
  /// As Keras counts them; nil is every axis, the batch too.
  let axes: [Int]?
  let keepsAxes: Bool
  /// The same among the four axes of a view, ascending, for the input that the layer is bound to.
  private var positions: [Int] = []
  private var count = 1
  private var smallShape: Shape = []

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
    switch function {
    case .sum, .mean: break
    case .maximum, .minimum, .deviation: signature.backwardReads = [.inputs, .outputs]
    case .variance: signature.backwardReads = .inputs
    }
    if function == .variance || function == .deviation {
      let small = small(input, reduced)
      signature.scratch = { Layout(small, lanes: $0).count + Layout(input, lanes: $0).count }
    }
    return signature
  }

  /// The input's shape with the reduced axes of size 1.
  private func small(_ input: Shape, _ reduced: [Int]) -> Shape {
    Shape(input.dimensions.enumerated().map { reduced.contains($0.offset) ? 1 : $0.element })
  }

  func bound(to inputs: [Shape]) -> any Layer {
    guard let reduced = try? reduced(inputs[0]) else { preconditionFailure("bound to a shape that does not fit") }
    var copy = self
    copy.smallShape = small(inputs[0], reduced)
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
    case .variance, .deviation:
      let mean = mean(of: input, pass.scratch, lanes: pass.input.lanes)
      let used = Layout(smallShape, lanes: pass.input.lanes).count
      let layout = Layout(pass.input.shape, lanes: pass.input.lanes)
      let squares = TensorView(
        Tensor(pass.input.shape, layout: layout, storage: pass.scratch[used..<used + layout.count]))
      squares.combine(.difference, input, mean)
      squares.combine(.product, squares, squares)
      output.sum(squares)
      output.copy(output, factor: 1 / Float(count))
      if function == .deviation { UnaryFunction.squareRoot.apply(pass.output, live: pass.live, into: pass.output) }
    }
  }

  /// In the first part of the scratch memory.
  private func mean(of input: TensorView, _ scratch: Buffer, lanes: Int) -> TensorView {
    let layout = Layout(smallShape, lanes: lanes)
    let mean = TensorView(Tensor(smallShape, layout: layout, storage: scratch[0..<layout.count]))
    mean.sum(input)
    mean.copy(mean, factor: 1 / Float(count))
    return mean
  }

  func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    let (target, dy) = (TensorView(inputGradient), whole(pass.outputGradient))
    switch function {
    case .sum: target.copy(dy)
    case .mean: target.copy(dy, factor: 1 / Float(count))
    case .maximum, .minimum:
      target.differentiateExtreme(of: TensorView(pass.input), output: whole(pass.output), gradient: dy)
    case .variance, .deviation:
      let small = mean(of: TensorView(pass.input), pass.scratch, lanes: inputGradient.lanes)
      target.combine(.difference, TensorView(pass.input), small)
      // The mean is not needed any more.
      if function == .deviation {
        small.combine(.quotient, dy, whole(pass.output))
        small.clearDeadLanes(live: pass.live)
      } else {
        small.copy(dy, factor: 2)
      }
      target.combine(.product, target, small, factor: 1 / Float(count))
    }
  }
}

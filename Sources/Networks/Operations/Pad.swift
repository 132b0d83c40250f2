import Kernels
import Tensors

/// A tensor with so many elements of one value before and behind it along each axis. Backward cuts them off.
struct Pad: OperationBody {
  /// For each axis of the sample.
  let widths: [(before: Int, after: Int)]
  let value: Float

  init(_ widths: [(before: Int, after: Int)], value: Float = 0) { (self.widths, self.value) = (widths, value) }

  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    guard widths.count == input.rank else {
      throw ShapeError(
        "has widths for \(widths.count) axes, but its input \(input) has \(input.rank); give two numbers for each axis.")
    }
    let sizes = zip(input.dimensions, widths).map { $0 + $1.before + $1.after }
    var signature = Signature(outputs: [Shape(sizes)])
    signature.scratch = { $0 }
    return signature
  }

  private func inner(_ tensor: Tensor, sizes: SIMD4<Int>) -> TensorView {
    var view = TensorView(tensor)
    for (axis, width) in widths.enumerated() {
      let position = 4 - widths.count + axis
      view = view.taking(sizes[position], from: width.before, axis: position)
    }
    return view
  }

  func forward(_ pass: borrowing ForwardPass) {
    let input = TensorView(pass.input)
    let one = Tensor([1], layout: Layout([1], lanes: pass.input.lanes), storage: pass.scratch)
    one.fill(value)
    TensorView(pass.output).copy(TensorView(one))
    inner(pass.output, sizes: input.sizes).copy(input)
  }

  func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    let target = TensorView(inputGradient)
    target.copy(inner(pass.outputGradient, sizes: target.sizes))
  }
}

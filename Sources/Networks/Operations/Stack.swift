import Kernels
import Tensors

/// Inputs of one shape side by side along a new axis. Backward takes their parts of the gradient.
struct Stack: OperationBody {
  /// Of the output, as Keras counts it.
  let axis: Int
  /// The same among the four axes of a view.
  private var position = 0

  init(axis: Int) { self.axis = axis }

  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    guard let first = inputs.first, inputs.allSatisfy({ $0 == first }), first.rank < 4 else {
      throw ShapeError(
        "stacks inputs of one shape with at most three axes, but gets "
          + "\(inputs.map(\.description).joined(separator: " and ")); join them with Concatenate instead."
      )
    }
    // Counted from behind, the axis is one of the output's.
    let place = axis < 0 ? axis + first.rank + 1 : axis - 1
    guard (0...first.rank).contains(place) else {
      throw ShapeError(
        "has no axis \(axis) that could be new in \(first); name one from 1 to \(first.rank + 1), or -1 for the last.")
    }
    var sizes = first.dimensions
    sizes.insert(inputs.count, at: place)
    return Signature(outputs: [Shape(sizes)])
  }

  func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    let rank = inputs[0].rank + 1
    copy.position = 4 - rank + (axis < 0 ? axis + rank : axis - 1)
    return copy
  }

  private func part(_ index: Int, of tensor: Tensor) -> TensorView {
    TensorView(tensor).taking(1, from: index, axis: position).removing(axis: position)
  }

  func forward(_ pass: borrowing ForwardPass) {
    for (index, input) in pass.inputs.enumerated() { part(index, of: pass.output).copy(TensorView(input)) }
  }

  func backward(_ pass: borrowing BackwardPass) {
    for (index, gradient) in pass.inputGradients.enumerated() {
      if let gradient { TensorView(gradient).copy(part(index, of: pass.outputGradient)) }
    }
  }
}

import Kernels
import Tensors

/// y = min(max(x, low), high); dx = dy where y lies between. Any shape to the same shape.
struct ClippingOperation: OperationBody {
  let low: Float
  let high: Float

  private var function: PointwiseFunction { .clip(slope: 1, offset: 0, low: low, high: high) }

  init(low: Float, high: Float) { (self.low, self.high) = (low, high) }

  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature { function.signature(of: try inputs.one()) }
  func forward(_ pass: borrowing ForwardPass) { function.forward(pass) }
  func backward(_ pass: borrowing BackwardPass) { function.backward(pass) }
}

import Kernels
import Tensors

/// Two operands combined element by element, of which one may be a constant: a + b, a - b, a * b, a / b, the larger,
/// the smaller. Axes of size 1 are repeated, and the gradient is summed over what they were repeated for.
///
///     a + b: da = dy, db = dy          a - b: da = dy, db = -dy         a * b: da = b dy, db = a dy
///     a / b: da = dy / b, db = -dy y / b      the larger, the smaller: dy goes to a where a = y, else to b
struct Arithmetic: OperationBody {
  enum Function: String, Sendable {
    case add, subtract, multiply, divide, maximum, minimum
  }

  let function: Function
  let constant: Constant?
  let constantIsFirst: Bool
  /// Of the constant and the output, for the inputs that the layer is bound to.
  private var constantShape: Shape = []
  private var outputShape: Shape = []

  init(_ function: Function, constant: Constant? = nil, constantIsFirst: Bool = false) {
    (self.function, self.constant, self.constantIsFirst) = (function, constant, constantIsFirst)
  }

  /// Shapes of both operands.
  private func operands(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
    guard let constant else {
      guard inputs.count == 2, inputs[0].rank == inputs[1].rank else {
        throw ShapeError(
          "takes two inputs with as many axes, but gets \(inputs.map(\.description).joined(separator: " and ")); "
            + "put a Reshape before one of them.")
      }
      return inputs
    }
    let input = try inputs.one()
    guard let shape = constant.shape(rank: input.rank) else {
      throw ShapeError(
        "has a constant of shape \(constant.sizes), which has more axes than its input \(input); make the constant "
          + "smaller, or put a Reshape before the operation.")
    }
    return constantIsFirst ? [shape, input] : [input, shape]
  }

  private func output(_ operands: [Shape]) throws(ShapeError) -> Shape {
    var sizes: [Int] = []
    for (first, second) in zip(operands[0].dimensions, operands[1].dimensions) {
      guard first == second || first == 1 || second == 1 else {
        throw ShapeError("cannot combine \(operands[0]) and \(operands[1]); sizes must be equal or 1.")
      }
      sizes.append(first == 1 ? second : first)
    }
    return Shape(sizes)
  }

  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let operands = try operands(inputs)
    let output = try output(operands)
    var signature = Signature(outputs: [output])
    switch function {
    case .add, .subtract: break
    case .multiply: if constant == nil { signature.backwardReads = .inputs }
    case .divide: if constant == nil || constantIsFirst { signature.backwardReads = [.inputs, .outputs] }
    case .maximum, .minimum: signature.backwardReads = [.inputs, .outputs]
    }
    if inputs[0] == output { (signature.forwardAliasing, signature.backwardAliasing) = (.inPlace, .inPlace) }
    let constantShape = constant == nil ? nil : operands[constantIsFirst ? 0 : 1]
    let isRepeated = inputs.contains { $0 != output }
    signature.scratch = { lanes in
      (constantShape.map { Layout($0, lanes: lanes).count } ?? 0)
        + (isRepeated ? Layout(output, lanes: lanes).count : 0)
    }
    signature.multiplications = function == .multiply || function == .divide ? output.count : 0
    return signature
  }

  func bound(to inputs: [Shape]) -> any Layer {
    guard let operands = try? operands(inputs), let output = try? output(operands) else {
      preconditionFailure("bound to shapes that do not fit")
    }
    var copy = self
    copy.outputShape = output
    if constant != nil { copy.constantShape = operands[constantIsFirst ? 0 : 1] }
    return copy
  }

  /// The constant in the first part of the scratch memory.
  private func constantView(_ scratch: Buffer, lanes: Int) -> TensorView {
    let tensor = Tensor(constantShape, layout: Layout(constantShape, lanes: lanes), storage: scratch)
    constant!.fill(tensor)
    return TensorView(tensor)
  }

  func forward(_ pass: borrowing ForwardPass) {
    let input = TensorView(pass.input)
    let other = constant == nil ? TensorView(pass.inputs[1]) : constantView(pass.scratch, lanes: pass.input.lanes)
    let (first, second) = constantIsFirst ? (other, input) : (input, other)
    let output = TensorView(pass.output)
    output.combine(function.combination, first, second)
    if function == .divide { output.clearDeadLanes(live: pass.live) }
  }

  func backward(_ pass: borrowing BackwardPass) {
    // The first input's gradient may be the memory of the output's: it comes last.
    for index in (0..<pass.inputGradients.count).reversed() {
      guard let gradient = pass.inputGradients[index] else { continue }
      let target = TensorView(gradient)
      let isWhole = gradient.shape == outputShape
      let full = isWhole ? target : fullView(pass.scratch, lanes: gradient.lanes)
      differentiate(pass, operand: constant == nil ? index : constantIsFirst ? 1 : 0, into: full)
      if !isWhole { target.sum(full) }
    }
  }

  /// Memory behind the constant for a gradient of the output's shape.
  private func fullView(_ scratch: Buffer, lanes: Int) -> TensorView {
    let layout = Layout(outputShape, lanes: lanes)
    let start = constant == nil ? 0 : Layout(constantShape, lanes: lanes).count
    return TensorView(Tensor(outputShape, layout: layout, storage: scratch[start..<start + layout.count]))
  }

  /// Writes the gradient of one operand as if nothing were repeated.
  private func differentiate(_ pass: borrowing BackwardPass, operand: Int, into full: TensorView) {
    let dy = TensorView(pass.outputGradient)
    let sign: Float = operand == 0 ? 1 : -1
    switch function {
    case .add: full.copy(dy)
    case .subtract: full.copy(dy, factor: sign)
    case .multiply: full.combine(.product, dy, self.operand(1 - operand, pass))
    case .divide:
      let divisor = self.operand(1, pass)
      if operand == 0 {
        full.combine(.quotient, dy, divisor)
      } else {
        full.combine(.product, dy, TensorView(pass.output))
        full.combine(.quotient, full, divisor, factor: -1)
      }
      full.clearDeadLanes(live: pass.live)
    case .maximum, .minimum:
      full.route(dy, where: self.operand(0, pass), equals: TensorView(pass.output), operand == 0)
    }
  }

  private func operand(_ index: Int, _ pass: borrowing BackwardPass) -> TensorView {
    if constant == nil { return TensorView(pass.inputs[index]) }
    return index == (constantIsFirst ? 0 : 1)
      ? constantView(pass.scratch, lanes: pass.outputGradient.lanes) : TensorView(pass.input)
  }
}

extension Arithmetic.Function {
  var combination: Combination.Operation {
    switch self {
    case .add: .sum
    case .subtract: .difference
    case .multiply: .product
    case .divide: .quotient
    case .maximum: .maximum
    case .minimum: .minimum
    }
  }
}

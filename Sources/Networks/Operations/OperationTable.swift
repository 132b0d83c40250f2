import Kernels
import Tensors

/// The operations that there are, by the name and the arguments of Keras 3.
///
/// `constant` is an operand that is no tensor (a number, or lists of numbers), `constant_first` says that it is the
/// first.
enum OperationTable {
  /// The layer that computes an operation for inputs of given shapes.
  typealias Rule = @Sendable ([Shape]) throws(ShapeError) -> any Layer

  /// Activation functions, and what they are here.
  private static let activations: [String: ActivationFunction] = [
    "relu": .relu, "relu6": .relu6, "sigmoid": .sigmoid, "tanh": .tanh, "silu": .silu, "selu": .selu,
    "softplus": .softplus,
    "softsign": .softsign, "hard_sigmoid": .hardSigmoid, "hard_silu": .hardSilu, "log_sigmoid": .logSigmoid,
    "hard_tanh": .hardTanh, "exp": .exponential, "mish": .mish, "celu": .celu, "squareplus": .squareplus,
    "log_softmax": .logSoftmax, "glu": .glu, "sparsemax": .sparsemax, "sparse_plus": .sparsePlus,
    "sparse_sigmoid": .sparseSigmoid, "soft_shrink": .softShrink, "hard_shrink": .hardShrink,
    "tanh_shrink": .tanhShrink,
  ]

  /// The only values that the parameters of these functions have here.
  private static let standards: [String: Double] = ["alpha": 1, "axis": -1, "threshold": 0.5]

  private static let functions: [String: UnaryFunction] = [
    "log": .logarithm, "sqrt": .squareRoot, "rsqrt": .inverseRoot, "square": .square, "absolute": .absolute,
    "reciprocal": .reciprocal,
  ]

  private static let reductions: [String: Reduction.Function] = [
    "sum": .sum, "mean": .mean, "max": .maximum, "min": .minimum, "var": .variance, "std": .deviation, "amax": .maximum,
    "amin": .minimum,
  ]

  private static let others: Set<String> = [
    "add", "subtract", "multiply", "divide", "maximum", "minimum", "negative", "power", "clip", "elu", "gelu",
    "leaky_relu",
    "softmax", "reshape", "expand_dims", "squeeze", "transpose", "concatenate", "stack", "pad", "get_item", "matmul",
    "cast",
    "identity",
  ]

  /// Names, sorted.
  static var names: [String] {
    [Array(activations.keys), Array(functions.keys), Array(reductions.keys), Array(others), imageOperations].joined()
      .sorted()
  }

  static func rule(_ name: String, _ values: [String: JSONValue]) throws(ImportError) -> Rule {
    let arguments = OperationArguments(operation: name, values: values)
    if let function = activations[name] {
      try arguments.expectOnly(standards.compactMap { arguments.values[$0]?.asNumber == $1 ? $0 : nil })
      return { _ in Activation(function) }
    }
    if let function = functions[name] {
      try arguments.expectOnly()
      return { _ in UnaryOperation(function) }
    }
    if let function = reductions[name] {
      try arguments.expectOnly("axis", "keepdims")
      let layer = Reduction(function, axes: try arguments.axes(), keepsAxes: try arguments.bool("keepdims"))
      return { _ in layer }
    }
    if let function = Arithmetic.Function(rawValue: name) { return try arithmetic(function, arguments) }
    if let rule = try imageRule(name, arguments) { return rule }
    guard others.contains(name) else {
      throw ImportError(
        "the operation '\(name)' is not known"
          + names.suggestion(for: name, reference: "docs/keras-support.md lists the operations"))
    }
    if let rule = try elementwise(name, arguments) { return rule }
    return try shaping(name, arguments)
  }

  private static func arithmetic(
    _ function: Arithmetic.Function, _ arguments: OperationArguments
  ) throws(ImportError) -> Rule {
    try arguments.expectOnly("constant", "constant_first")
    let layer = Arithmetic(
      function, constant: try arguments.constant(), constantIsFirst: try arguments.bool("constant_first"))
    return { inputs in
      // Keras's layer shares memory with its inputs and takes a ReLU behind it.
      if function == .add, inputs.count == 2, inputs[0] == inputs[1] { return Add() }
      return layer
    }
  }

  /// Functions of one element, with parameters.
  private static func elementwise(_ name: String, _ arguments: OperationArguments) throws(ImportError) -> Rule? {
    switch name {
    case "negative":
      try arguments.expectOnly()
      let layer = Arithmetic(.multiply, constant: Constant(-1))
      return { _ in layer }
    case "power":
      try arguments.expectOnly("constant")
      guard let exponent = try arguments.constant(), exponent.sizes.isEmpty else {
        throw arguments.error("has an exponent that is not a number; give one for all elements")
      }
      return { _ in UnaryOperation(.power(exponent.values[0])) }
    case "clip":
      try arguments.expectOnly("x_min", "x_max")
      let (low, high) = (try arguments.number("x_min", nil), try arguments.number("x_max", nil))
      return { _ in ClippingOperation(low: Float(low), high: Float(high)) }
    case "gelu":
      try arguments.expectOnly("approximate")
      let function = try arguments.bool("approximate") ? ActivationFunction.function(.geluTanh) : .gelu
      return { _ in Activation(function) }
    case "elu":
      try arguments.expectOnly("alpha")
      let layer = try LayerRegistry.layer("ELU", ["alpha": .number(try arguments.number("alpha", 1))])
      return { _ in layer }
    case "leaky_relu":
      try arguments.expectOnly("negative_slope")
      let layer = try LayerRegistry.layer(
        "LeakyReLU", ["negative_slope": .number(try arguments.number("negative_slope", 0.2))])
      return { _ in layer }
    case "softmax":
      try arguments.expectOnly("axis")
      let layer = try LayerRegistry.layer("Softmax", ["axis": arguments.values["axis"] ?? -1])
      return { _ in layer }
    case "cast", "identity":
      try arguments.expectOnly("dtype")
      let type = arguments.values["dtype"]?.asString ?? "float32"
      guard type == "float32" else {
        throw arguments.error("makes '\(type)' of its input; only 'float32' is supported")
      }
      return { _ in Activation(.linear) }
    default: return nil
    }
  }

  /// What moves elements about.
  private static func shaping(_ name: String, _ arguments: OperationArguments) throws(ImportError) -> Rule {
    switch name {
    case "reshape":
      try arguments.expectOnly("newshape")
      let sizes = try arguments.integers("newshape")
      guard sizes.first == -1, sizes.dropFirst().count(where: { $0 == -1 }) == 0, (2...5).contains(sizes.count) else {
        throw arguments.error("has the shape \(sizes), but it must be -1 for the batch and then up to four sizes")
      }
      let layer = Reshape(Array(sizes.dropFirst()))
      return { _ in layer }
    case "expand_dims", "squeeze":
      try arguments.expectOnly("axis")
      let axes = try arguments.axes()
      return { inputs throws(ShapeError) in
        let input = try inputs.one()
        return Reshape(try name == "squeeze" ? input.squeezed(axes) : input.expanded(axes ?? []))
      }
    case "transpose":
      try arguments.expectOnly("axes")
      let order = try arguments.integers("axes")
      guard order.first == 0, order.sorted() == Array(order.indices), order.count >= 2 else {
        throw arguments.error("orders the axes as \(order), but must name each once and leave the batch, 0, in front")
      }
      let layer = try LayerRegistry.layer("Permute", ["dims": JSONValue(Array(order.dropFirst()))])
      return { _ in layer }
    case "concatenate":
      try arguments.expectOnly("axis")
      let layer = try LayerRegistry.layer("Concatenate", ["axis": arguments.values["axis"] ?? 0])
      return { _ in layer }
    case "stack":
      try arguments.expectOnly("axis")
      guard let axis = arguments.values["axis"]?.asInteger, axis != 0 else {
        throw arguments.error("stacks along the batch; name another axis")
      }
      return { _ in Stack(axis: axis) }
    case "pad":
      try arguments.expectOnly("pad_width", "mode", "constant_values")
      let layer = try arguments.pad()
      return { _ in layer }
    case "get_item":
      try arguments.expectOnly("key")
      let layer = Selection(try arguments.selection())
      return { _ in layer }
    default:
      try arguments.expectOnly()
      return { _ in MatrixProduct() }
    }
  }
}

extension Shape {
  /// Without axes of size 1: those that are named, or all.
  fileprivate func squeezed(_ axes: [Int]?) throws(ShapeError) -> [Int] {
    let chosen =
      try axes.map { axes throws(ShapeError) in try positions(ofAxes: axes) }
      ?? dimensions.indices.filter { dimensions[$0] == 1 }
    guard chosen.allSatisfy({ dimensions[$0] == 1 }) else {
      throw ShapeError("leaves out an axis of \(self) that is not 1; name axes of size 1.")
    }
    return dimensions.indices.filter { !chosen.contains($0) }.map { dimensions[$0] }
  }

  /// With axes of size 1 in these places of the result.
  fileprivate func expanded(_ axes: [Int]) throws(ShapeError) -> [Int] {
    let count = rank + axes.count
    var sizes = dimensions
    for place in axes.map({ $0 < 0 ? $0 + count : $0 - 1 }).sorted() {
      guard (0...sizes.count).contains(place), count <= 4 else {
        throw ShapeError("cannot give \(self) the new axes \(axes); a sample has at most four.")
      }
      sizes.insert(1, at: place)
    }
    return sizes
  }
}

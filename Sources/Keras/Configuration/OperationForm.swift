import Networks

/// How Keras writes an operation, and how it is called here.
struct OperationForm {
  /// How the tensors of a call are given.
  enum Operands {
    case one
    /// Two, of which either may be a constant.
    case two
    case list
  }

  /// `keras.ops`'s name, as `Operation` has it.
  let name: String
  /// The file of Keras 3 with the class, and the class.
  let module: String
  let className: String
  var operands = Operands.one
  /// The functions of Keras 2's `TFOpLambda` that are the same.
  var functions: [String] = []
  /// Keras 2's names of arguments where they are others.
  var renamed: [String: String] = [:]

  static let all: [OperationForm] = [
    binary("add", "Add", ["math.add", "__operators__.add", "nn.bias_add"]),
    binary("subtract", "Subtract", ["math.subtract", "__operators__.subtract"]),
    binary("multiply", "Multiply", ["math.multiply", "__operators__.multiply"]),
    binary("divide", "TrueDivide", ["math.truediv", "math.divide", "realdiv", "__operators__.truediv"]),
    binary("maximum", "Maximum", ["math.maximum"]), binary("minimum", "Minimum", ["math.minimum"]),
    binary("power", "Power", ["math.pow"]),
    OperationForm(name: "matmul", module: "numpy", className: "Matmul", operands: .two, functions: ["linalg.matmul"]),
    activation("relu", "Relu", ["nn.relu"]), activation("relu6", "Relu6", ["nn.relu6"]),
    activation("sigmoid", "Sigmoid", ["math.sigmoid", "nn.sigmoid"]),
    activation("silu", "Silu", ["nn.silu", "nn.swish"]),
    activation("elu", "Elu", ["nn.elu"]), activation("selu", "Selu", ["nn.selu"]),
    activation("gelu", "Gelu", ["nn.gelu"]),
    activation("leaky_relu", "LeakyRelu", ["nn.leaky_relu"], ["alpha": "negative_slope"]),
    activation("softplus", "Softplus", ["math.softplus", "nn.softplus"]),
    activation("softsign", "Softsign", ["math.softsign", "nn.softsign"]),
    activation("hard_sigmoid", "HardSigmoid"), activation("hard_silu", "HardSilu"),
    activation("log_sigmoid", "LogSigmoid", ["math.log_sigmoid"]), activation("hard_tanh", "HardTanh"),
    activation("celu", "Celu"), activation("squareplus", "Squareplus"), activation("mish", "Mish"),
    activation("softmax", "Softmax", ["nn.softmax"]), activation("log_softmax", "LogSoftmax", ["nn.log_softmax"]),
    activation("glu", "Glu"), activation("sparsemax", "Sparsemax"), activation("sparse_plus", "SparsePlus"),
    activation("sparse_sigmoid", "SparseSigmoid"), activation("soft_shrink", "SoftShrink"),
    activation("hard_shrink", "HardShrink"), activation("tanh_shrink", "TanhShrink"),
    unary("tanh", "Tanh", ["math.tanh", "nn.tanh"]), unary("exp", "Exp", ["math.exp"]),
    unary("log", "Log", ["math.log"]),
    unary("sqrt", "Sqrt", ["math.sqrt"]),
    OperationForm(name: "rsqrt", module: "math", className: "Rsqrt", functions: ["math.rsqrt"]),
    unary("square", "Square", ["math.square"]), unary("absolute", "Absolute", ["math.abs"]),
    unary("negative", "Negative", ["math.negative", "__operators__.neg"]),
    unary("reciprocal", "Reciprocal", ["math.reciprocal"]),
    unary("clip", "Clip", ["clip_by_value"], ["clip_value_min": "x_min", "clip_value_max": "x_max"]),
    unary("sum", "Sum", ["math.reduce_sum"]), unary("mean", "Mean", ["math.reduce_mean"]),
    unary("max", "Max", ["math.reduce_max"]), unary("min", "Min", ["math.reduce_min"]),
    unary("amax", "Amax", []), unary("amin", "Amin", []),
    unary("var", "Var", ["math.reduce_variance"]), unary("std", "Std", ["math.reduce_std"]),
    unary("flip", "Flip", ["reverse"]), unary("swapaxes", "Swapaxes", []), unary("moveaxis", "Moveaxis", []),
    unary("split", "Split", ["split"], ["num_or_size_splits": "indices_or_sections"]),
    activation("normalize", "Normalize", ["math.l2_normalize", "nn.l2_normalize"]),
    activation("depth_to_space", "DepthToSpace", ["nn.depth_to_space"]),
    activation("space_to_depth", "SpaceToDepth", ["nn.space_to_depth"]),
    OperationForm(
      name: "resize", module: "image", className: "Resize", functions: ["image.resize"],
      renamed: ["method": "interpolation"]),
    unary("reshape", "Reshape", ["reshape"], ["shape": "newshape"]),
    unary("expand_dims", "ExpandDims", ["expand_dims"]),
    unary("squeeze", "Squeeze", ["squeeze", "compat.v1.squeeze"]),
    unary("transpose", "Transpose", ["transpose", "compat.v1.transpose"], ["perm": "axes"]),
    OperationForm(
      name: "concatenate", module: "numpy", className: "Concatenate", operands: .list, functions: ["concat"]),
    OperationForm(name: "stack", module: "numpy", className: "Stack", operands: .list, functions: ["stack"]),
    unary("pad", "Pad", ["pad", "compat.v1.pad"], ["paddings": "pad_width"]),
    unary("get_item", "GetItem", ["__operators__.getitem"], ["slice_spec": "key"]),
    OperationForm(name: "cast", module: "core", className: "Cast", functions: ["cast"]),
    OperationForm(name: "identity", module: "numpy", className: "Copy", functions: ["identity"]),
  ]

  private static func binary(_ name: String, _ className: String, _ functions: [String]) -> OperationForm {
    OperationForm(name: name, module: "numpy", className: className, operands: .two, functions: functions)
  }

  private static func activation(
    _ name: String, _ className: String, _ functions: [String] = [], _ renamed: [String: String] = [:]
  ) -> OperationForm {
    OperationForm(name: name, module: "nn", className: className, functions: functions, renamed: renamed)
  }

  private static func unary(
    _ name: String, _ className: String, _ functions: [String], _ renamed: [String: String] = [:]
  ) -> OperationForm {
    OperationForm(name: name, module: "numpy", className: className, functions: functions, renamed: renamed)
  }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
  private static let byClass = Dictionary(uniqueKeysWithValues: all.map { ($0.className, $0) })
  private static let byFunction = Dictionary(
    uniqueKeysWithValues: all.flatMap { form in form.functions.map { ($0, form) } })

  static func isClass(_ name: String) -> Bool { byClass[name] != nil }

  static func named(_ name: String) -> OperationForm { byName[name]! }

  /// The form of an entry of a model: of Keras 3 by its class, of Keras 2 by its function.
  static func of(_ entry: LayerEntry) throws(ImportError) -> OperationForm {
    let known: OperationForm?
    let wanted: String
    if let function = entry.values["function"]?.asString {
      (known, wanted) = (byFunction[function], "tf.\(function)")
    } else {
      (known, wanted) = (byClass[entry.className == "Divide" ? "TrueDivide" : entry.className], entry.className)
    }
    guard let known else {
      throw ImportError(
        "'\(entry.name)' is the operation \(wanted), which is not supported; use one of "
          + "\(all.map(\.name).joined(separator: ", ")), or layers.")
    }
    return known
  }
}

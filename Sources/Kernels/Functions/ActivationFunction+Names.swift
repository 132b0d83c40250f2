extension ActivationFunction: CaseIterable {
  /// By Keras's names.
  private static let names: KeyValuePairs<String, ActivationFunction> = [
    "linear": .linear, "relu": .relu, "tanh": .tanh, "sigmoid": .sigmoid, "softmax": .softmax,
    "log_softmax": .logSoftmax, "relu6": .relu6, "leaky_relu": .leakyReLU, "elu": .elu, "celu": .celu, "selu": .selu,
    "gelu": .gelu, "silu": .silu, "softplus": .softplus, "softsign": .softsign, "exponential": .exponential,
    "mish": .mish, "hard_silu": .hardSilu, "hard_sigmoid": .hardSigmoid, "hard_sigmoid_keras2": .hardSigmoidKeras2,
    "log_sigmoid": .logSigmoid, "hard_tanh": .hardTanh, "tanh_shrink": .tanhShrink, "soft_shrink": .softShrink,
    "hard_shrink": .hardShrink, "squareplus": .squareplus, "sparse_plus": .sparsePlus,
    "sparse_sigmoid": .sparseSigmoid, "sparsemax": .sparsemax, "glu": .glu,
  ]

  /// Those without parameters.
  public static var allCases: [ActivationFunction] { names.map(\.value) }

  public init?(named name: String) {
    guard let function = ActivationFunction.names.first(where: { $0.key == name })?.value else { return nil }
    self = function
  }

  /// Of a function with parameters, what it looks like in Swift.
  public var name: String { ActivationFunction.names.first { $0.value == self }?.key ?? "\(self)" }
}

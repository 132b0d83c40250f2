import Kernels
import Tensors

extension Models {
  static let googLeNets = [
    NetworkDesign("googlenet", preprocessing: .torch) { (input, classes) throws(ShapeError) in
      try googLeNet("googlenet", isNormalized: true, input: input, classes: classes)
    },
    NetworkDesign("inception_v1", preprocessing: .caffe) { (input, classes) throws(ShapeError) in
      try googLeNet("inception_v1", isNormalized: false, input: input, classes: classes)
    },
  ]

  /// GoogLeNet, Inception v1 (Szegedy et al., "Going deeper with convolutions", 2015, table 1), without its auxiliary
  /// classifiers.
  ///
  /// - Parameter isNormalized: as torchvision's `googlenet`, with batch normalisation, and 3x3 where the paper has 5x5:
  ///   6,624,904 weights for 1000 classes. Else the paper's, with local response normalisation: 6,998,552, as many as
  ///   Caffe's `bvlc_googlenet`.
  private static func googLeNet(
    _ name: String, isNormalized: Bool, input: Shape, classes: Int
  ) throws(ShapeError) -> Graph {
    func convolution(_ filters: Int, _ kernel: Int, strides: Int = 1, _ x: Symbol) -> Symbol {
      padded(kernel / 2, strides: strides, x) { padding, x in
        guard isNormalized else {
          return Conv2D(
            filters, kernel: kernel, strides: strides, padding: padding, activation: .relu,
            biasInitializer: .constant(0.2))(x)
        }
        let product = Conv2D(
          filters, kernel: kernel, strides: strides, padding: padding, usesBias: false,
          kernelInitializer: .truncatedNormal(mean: 0, deviation: 0.01))(x)
        return ReLU()(BatchNormalization(momentum: 0.9, epsilon: 1e-3)(product))
      }
    }
    func normalized(_ x: Symbol) -> Symbol {
      isNormalized ? x : LocalResponseNormalization(radius: 2, bias: 1, alpha: 2e-5, beta: 0.75)(x)
    }
    func inception(_ module: Module, _ x: Symbol) -> Symbol {
      let single = convolution(module.single, 1, x)
      let triple = convolution(module.triple.1, 3, convolution(module.triple.0, 1, x))
      let quintuple = convolution(module.quintuple.1, isNormalized ? 3 : 5, convolution(module.quintuple.0, 1, x))
      let pooled = convolution(module.pooled, 1, MaxPooling2D(3, strides: 1, padding: .same)(x))
      return Concatenate()(single, triple, quintuple, pooled)
    }

    let start = Symbol.input(input)
    var x = normalized(pooledToTheEnd(3, convolution(64, 7, strides: 2, start)))
    x = pooledToTheEnd(3, normalized(convolution(192, 3, convolution(64, 1, x))))
    for module in modules.prefix(2) { x = inception(module, x) }
    x = pooledToTheEnd(3, x)
    for module in modules[2..<7] { x = inception(module, x) }
    x = pooledToTheEnd(isNormalized ? 2 : 3, x)
    for module in modules.suffix(2) { x = inception(module, x) }
    x = Dense(classes, activation: .softmax)(Dropout(isNormalized ? 0.2 : 0.4)(GlobalAveragePooling2D()(x)))
    return try Graph(name, inputs: [start], outputs: [x])
  }

  /// Channels of the four branches: 1x1, 1x1 and 3x3, 1x1 and 5x5, pooling and 1x1.
  private typealias Module = (single: Int, triple: (Int, Int), quintuple: (Int, Int), pooled: Int)

  private static let modules: [Module] = [
    (64, (96, 128), (16, 32), 32), (128, (128, 192), (32, 96), 64), (192, (96, 208), (16, 48), 64),
    (160, (112, 224), (24, 64), 64), (128, (128, 256), (24, 64), 64), (112, (144, 288), (32, 64), 64),
    (256, (160, 320), (32, 128), 128), (256, (160, 320), (32, 128), 128), (384, (192, 384), (48, 128), 128),
  ]
}

import Kernels
import Tensors

extension Models {
  /// EfficientNet as in `keras.applications.efficientnet`, which prepares images itself: 5,330,571 numbers in the
  /// weights of B0 for 1000 classes. Those called `-imagenet` have the second `Rescaling` that Keras adds where it
  /// loads its own ImageNet weights, whose normalisation divides by the square root of the deviations only.
  static let efficientNets = efficientNetSizes.enumerated().flatMap { number, size in
    [false, true].map { isPretrained in
      NetworkDesign(
        "keras:efficientnetb\(number)" + (isPretrained ? "-imagenet" : ""), input: [size.side, size.side, 3],
        preprocessing: ImagePreprocessing.none
      ) { (input, classes) throws(ShapeError) in
        let start = Symbol.input(input)
        var x = Normalization(axes: [3])(Rescaling(1.0 / 255)(start))
        if isPretrained { x = Rescaling([0.229, 0.224, 0.225].map { 1 / $0.squareRoot() }, offset: [0])(x) }
        let design = EfficientNetDesign(size: size, momentum: 0.99, epsilon: 1e-3, padding: .layer)
        return try Graph("efficientnetb\(number)", inputs: [start], outputs: [design.classified(classes, x)])
      }
    }
  }

  /// B0 to B7.
  static let efficientNetSizes: [EfficientNetDesign.Size] = [
    (1.0, 1.0, 224, 0.2), (1.0, 1.1, 240, 0.2), (1.1, 1.2, 260, 0.3), (1.2, 1.4, 300, 0.3), (1.4, 1.8, 380, 0.4),
    (1.6, 2.2, 456, 0.4), (1.8, 2.6, 528, 0.5), (2.0, 3.1, 600, 0.5),
  ]
}

/// EfficientNet (Tan and Le, "EfficientNet: rethinking model scaling for convolutional neural networks", 2019, table 1)
/// without what prepares images. Layers have Keras's names.
struct EfficientNetDesign {
  /// How many times as wide and as deep as B0; the side of images; the rate of dropout at the end.
  typealias Size = (width: Double, depth: Double, side: Int, dropout: Double)

  let size: Size
  /// Of batch normalisation.
  let momentum: Double
  let epsilon: Double
  let padding: InvertedBottleneck.StridePadding

  private static let stages: [(kernel: Int, blocks: Int, filters: Int, expansion: Int, strides: Int)] = [
    (3, 1, 16, 1, 1), (3, 2, 24, 6, 2), (5, 2, 40, 6, 2), (3, 3, 80, 6, 2), (5, 3, 112, 6, 1), (5, 4, 192, 6, 2),
    (3, 1, 320, 6, 1),
  ]

  func classified(_ classes: Int, _ input: Symbol) -> Symbol {
    let stem = InvertedBottleneck.padded(padding, kernel: 3, strides: 2, name: "stem_conv_pad", input)
    var x = InvertedBottleneck.convolution(rounded(32), kernel: 3, strides: 2, padding: .valid, "stem_conv", stem.value)
    x = activated(x, "stem")
    let blocks = EfficientNetDesign.stages.reduce(0) { $0 + repeats($1.blocks) }
    var (channels, number) = (rounded(32), 0)
    for (index, stage) in EfficientNetDesign.stages.enumerated() {
      for block in 0..<repeats(stage.blocks) {
        let part = InvertedBottleneck(
          name: "block\(index + 1)\(InvertedBottleneck.letter(block))_", kernel: stage.kernel,
          strides: block == 0 ? stage.strides : 1, expansion: stage.expansion, filters: rounded(stage.filters),
          excitation: 0.25, dropout: 0.2 * Double(number) / Double(blocks), momentum: momentum, epsilon: epsilon,
          depthwiseName: "dwconv", padding: padding)
        x = part(x, channels: channels)
        (channels, number) = (part.filters, number + 1)
      }
    }
    x = activated(InvertedBottleneck.convolution(rounded(1280), kernel: 1, "top_conv", x), "top")
    x = Dropout(size.dropout)(GlobalAveragePooling2D()(x, name: "avg_pool"), name: "top_dropout")
    return Dense(classes, activation: .softmax, kernelInitializer: InvertedBottleneck.denseInitializer)(
      x, name: "predictions")
  }

  private func activated(_ x: Symbol, _ name: String) -> Symbol {
    let y = BatchNormalization(axis: 3, momentum: momentum, epsilon: epsilon)(x, name: "\(name)_bn")
    return Activation(.silu)(y, name: "\(name)_activation")
  }

  private func rounded(_ filters: Int) -> Int {
    let wide = Double(filters) * size.width
    let multiple = max(8, Int(wide + 4) / 8 * 8)
    return Double(multiple) < 0.9 * wide ? multiple + 8 : multiple
  }

  private func repeats(_ count: Int) -> Int { Int((size.depth * Double(count)).rounded(.up)) }
}

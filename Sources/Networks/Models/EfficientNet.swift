import Kernels
import Tensors

extension Models {
  static let efficientNets = sizes.enumerated().flatMap { number, size in
    [false, true].map { isPretrained in
      NetworkDesign(
        "keras:efficientnetb\(number)" + (isPretrained ? "-imagenet" : ""), input: [size.side, size.side, 3],
        preprocessing: ImagePreprocessing.none
      ) { (input, classes) throws(ShapeError) in
        try efficientNet(
          "efficientnetb\(number)", width: size.width, depth: size.depth, dropout: size.dropout,
          isPretrained: isPretrained, input: input, classes: classes)
      }
    }
  }

  private static let sizes: [(width: Double, depth: Double, side: Int, dropout: Double)] = [
    (1.0, 1.0, 224, 0.2), (1.0, 1.1, 240, 0.2), (1.1, 1.2, 260, 0.3), (1.2, 1.4, 300, 0.3), (1.4, 1.8, 380, 0.4),
    (1.6, 2.2, 456, 0.4), (1.8, 2.6, 528, 0.5), (2.0, 3.1, 600, 0.5),
  ]

  /// EfficientNet (Tan and Le, "EfficientNet: rethinking model scaling for convolutional neural networks", 2019) as in
  /// `keras.applications.efficientnet`: 5,330,571 numbers with the weights of B0 for 1000 classes.
  ///
  /// - Parameter isPretrained: with the second `Rescaling` that Keras adds where it loads its own ImageNet weights,
  ///   whose normalisation divides by the square root of the deviations only.
  private static func efficientNet(
    _ name: String, width: Double, depth: Double, dropout: Double, isPretrained: Bool, input: Shape, classes: Int
  ) throws(ShapeError) -> Graph {
    func rounded(_ filters: Int) -> Int {
      let wide = Double(filters) * width
      let multiple = max(8, Int(wide + 4) / 8 * 8)
      return Double(multiple) < 0.9 * wide ? multiple + 8 : multiple
    }
    func repeats(_ count: Int) -> Int { Int((depth * Double(count)).rounded(.up)) }

    let start = Symbol.input(input)
    var x = Normalization(axes: [3])(Rescaling(1.0 / 255)(start))
    if isPretrained { x = Rescaling([0.229, 0.224, 0.225].map { 1 / $0.squareRoot() }, offset: [0])(x) }
    x = correctlyPadded(kernel: 3, x, name: "stem_conv_pad")
    x = InvertedBottleneck.convolution(rounded(32), kernel: 3, strides: 2, padding: .valid, "stem_conv", x)
    x = activated(x, "stem")
    let blocks = efficientNetStages.reduce(0) { $0 + repeats($1.blocks) }
    var (channels, number) = (rounded(32), 0)
    for (stage, design) in efficientNetStages.enumerated() {
      for block in 0..<repeats(design.blocks) {
        let part = InvertedBottleneck(
          name: "block\(stage + 1)\(InvertedBottleneck.letter(block))_", kernel: design.kernel,
          strides: block == 0 ? design.strides : 1, expansion: design.expansion, filters: rounded(design.filters),
          excitation: 0.25, dropout: 0.2 * Double(number) / Double(blocks), momentum: 0.99, depthwiseName: "dwconv",
          padsItself: true)
        x = part(x, channels: channels)
        (channels, number) = (part.filters, number + 1)
      }
    }
    x = activated(InvertedBottleneck.convolution(rounded(1280), kernel: 1, "top_conv", x), "top")
    x = Dropout(dropout)(GlobalAveragePooling2D()(x, name: "avg_pool"), name: "top_dropout")
    x = Dense(classes, activation: .softmax, kernelInitializer: InvertedBottleneck.denseInitializer)(
      x, name: "predictions")
    return try Graph(name, inputs: [start], outputs: [x])
  }

  private static func activated(_ x: Symbol, _ name: String) -> Symbol {
    Activation(.silu)(BatchNormalization(axis: 3)(x, name: "\(name)_bn"), name: "\(name)_activation")
  }

  private static let efficientNetStages: [(kernel: Int, blocks: Int, filters: Int, expansion: Int, strides: Int)] = [
    (3, 1, 16, 1, 1), (3, 2, 24, 6, 2), (5, 2, 40, 6, 2), (3, 3, 80, 6, 2), (5, 3, 112, 6, 1), (5, 4, 192, 6, 2),
    (3, 1, 320, 6, 1),
  ]
}

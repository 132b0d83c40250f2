import Kernels
import Tensors

extension Models {
  static let efficientNetsV2 = [
    efficientNetV2("b0", 224, baseStages), efficientNetV2("b1", 240, baseStages, depth: 1.1),
    efficientNetV2("b2", 260, baseStages, width: 1.1, depth: 1.2),
    efficientNetV2("b3", 300, baseStages, width: 1.2, depth: 1.4), efficientNetV2("s", 384, smallStages),
    efficientNetV2("m", 480, mediumStages), efficientNetV2("l", 480, largeStages),
  ]

  private static func efficientNetV2(
    _ size: String, _ side: Int, _ stages: [Stage], width: Double = 1, depth: Double = 1
  ) -> NetworkDesign {
    NetworkDesign("keras:efficientnetv2\(size)", input: [side, side, 3], preprocessing: ImagePreprocessing.none) {
      (input, classes) throws(ShapeError) in
      try efficientNetV2("efficientnetv2-\(size)", stages, width, depth, input: input, classes: classes)
    }
  }

  /// EfficientNetV2 (Tan and Le, "EfficientNetV2: smaller models and faster training", 2021) as in
  /// `keras.applications.efficientnet_v2`: 7,200,312 weights with B0 for 1000 classes, 21,612,360 with S.
  private static func efficientNetV2(
    _ name: String, _ stages: [Stage], _ width: Double, _ depth: Double, input: Shape, classes: Int
  ) throws(ShapeError) -> Graph {
    func rounded(_ filters: Int) -> Int { max(8, Int(Double(filters) * width + 4) / 8 * 8) }

    let start = Symbol.input(input)
    var x: Symbol
    if name.hasPrefix("efficientnetv2-b"), input.channels == 3 {
      x = Normalization(
        axes: [3], mean: [0.485, 0.456, 0.406], variance: [0.229, 0.224, 0.225].map { $0 * $0 })(
          Rescaling(1.0 / 255)(start))
    } else {
      x = Rescaling(1.0 / 128, offset: -1)(start)
    }
    var channels = rounded(stages[0].input)
    x = activated(InvertedBottleneck.convolution(channels, kernel: 3, strides: 2, "stem_conv", x), "stem")
    let blocks = stages.reduce(0) { $0 + $1.blocks }
    var number = 0
    for (index, stage) in stages.enumerated() {
      for block in 0..<Int((depth * Double(stage.blocks)).rounded(.up)) {
        let part = InvertedBottleneck(
          name: "block\(index + 1)\(InvertedBottleneck.letter(block))_", kernel: 3,
          strides: block == 0 ? stage.strides : 1, expansion: stage.expansion, filters: rounded(stage.filters),
          excitation: stage.isFused ? nil : 0.25, dropout: 0.2 * Double(number) / Double(blocks), momentum: 0.9,
          depthwiseName: "dwconv2", padding: .same, isFused: stage.isFused)
        x = part(x, channels: channels)
        (channels, number) = (part.filters, number + 1)
      }
    }
    x = activated(InvertedBottleneck.convolution(rounded(1280), kernel: 1, "top_conv", x), "top")
    x = Dropout(0.2)(GlobalAveragePooling2D()(x, name: "avg_pool"), name: "top_dropout")
    x = Dense(
      classes, activation: .softmax, kernelInitializer: InvertedBottleneck.denseInitializer,
      biasInitializer: .constant(0))(x, name: "predictions")
    return try Graph(name, inputs: [start], outputs: [x])
  }

  private static func activated(_ x: Symbol, _ name: String) -> Symbol {
    Activation(.silu)(BatchNormalization(axis: 3, momentum: 0.9)(x, name: "\(name)_bn"), name: "\(name)_activation")
  }

  private typealias Stage = (blocks: Int, input: Int, filters: Int, expansion: Int, strides: Int, isFused: Bool)

  private static let baseStages: [Stage] = [
    (1, 32, 16, 1, 1, true), (2, 16, 32, 4, 2, true), (2, 32, 48, 4, 2, true), (3, 48, 96, 4, 2, false),
    (5, 96, 112, 6, 1, false), (8, 112, 192, 6, 2, false),
  ]

  private static let smallStages: [Stage] = [
    (2, 24, 24, 1, 1, true), (4, 24, 48, 4, 2, true), (4, 48, 64, 4, 2, true), (6, 64, 128, 4, 2, false),
    (9, 128, 160, 6, 1, false), (15, 160, 256, 6, 2, false),
  ]

  private static let mediumStages: [Stage] = [
    (3, 24, 24, 1, 1, true), (5, 24, 48, 4, 2, true), (5, 48, 80, 4, 2, true), (7, 80, 160, 4, 2, false),
    (14, 160, 176, 6, 1, false), (18, 176, 304, 6, 2, false), (5, 304, 512, 6, 1, false),
  ]

  private static let largeStages: [Stage] = [
    (4, 32, 32, 1, 1, true), (7, 32, 64, 4, 2, true), (7, 64, 96, 4, 2, true), (10, 96, 192, 4, 2, false),
    (19, 192, 224, 6, 1, false), (25, 224, 384, 6, 2, false), (7, 384, 640, 6, 1, false),
  ]
}

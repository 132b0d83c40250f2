import Kernels
import Tensors

extension Models {
  static let resNets = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"].map {
    resNet($0, squeezes: false)
  }

  /// Residual networks whose branches end in a squeeze and an excitation (Hu, Shen and Sun, "Squeeze-and-excitation
  /// networks", 2018), reduced sixteenfold; sizes are timm's (`legacy_seresnet18`, ...; `seresnet50`, ...).
  static let squeezeExciteResNets = ["18", "34", "50", "101", "152"].map { resNet("se_resnet\($0)", squeezes: true) }

  private static func resNet(_ name: String, squeezes: Bool) -> NetworkDesign {
    NetworkDesign(name, preprocessing: .torch) { (input, classes) throws(ShapeError) in
      try resNet(name, squeezes: squeezes, input: input, classes: classes)
    }
  }

  /// The residual networks for ImageNet (He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016,
  /// table 1) as torchvision builds them: the strides of bottlenecks lie in their 3x3 convolutions, and padding is
  /// symmetric. `resnet50` has 25,557,032 weights for 1000 classes.
  private static func resNet(
    _ name: String, squeezes: Bool, input: Shape, classes: Int
  ) throws(ShapeError) -> Graph {
    let start = Symbol.input(input)
    let features = resNetStages(name, squeezes: squeezes, isDilated: false, start)[3]
    let x = Dense(classes, activation: .softmax)(GlobalAveragePooling2D()(features))
    return try Graph(name, inputs: [start], outputs: [x])
  }

  /// The values behind the four stages.
  ///
  /// - Parameter isDilated: whether the last two stages keep the size, with 3x3 kernels of twice and four times the
  ///   reach, as torchvision's networks for segmentation do (`replace_stride_with_dilation`).
  static func resNetStages(_ name: String, squeezes: Bool, isDilated: Bool, _ image: Symbol) -> [Symbol] {
    let design = ResNetDesign.all[String(name.drop { !$0.isNumber })]!
    var x = ReLU()(normalized(convolution(64, kernel: 7, strides: 2, image)))
    x = MaxPooling2D(3, strides: 2)(ZeroPadding2D()(x))
    var (values, dilation) = ([Symbol](), 1)
    for (stage, blocks) in design.blocks.enumerated() {
      let isStretched = isDilated && stage > 1
      for block in 0..<blocks {
        let (width, strides) = (64 << stage, stage > 0 && block == 0 && !isStretched ? 2 : 1)
        let changes = block == 0 && (stage > 0 || design.expansion > 1)
        var residual =
          design.expansion == 1 ? basic(width, strides, x) : bottleneck(width, strides, dilation: dilation, x)
        // The first block of a stage still looks as far as the stage before it.
        if isStretched, block == 0 { dilation *= 2 }
        if squeezes { residual = excited(width * design.expansion, residual) }
        let shortcut =
          changes ? normalized(convolution(width * design.expansion, kernel: 1, strides: strides, x)) : x
        x = ReLU()(Add()(residual, shortcut))
      }
      values.append(x)
    }
    return values
  }

  private static func basic(_ width: Int, _ strides: Int, _ x: Symbol) -> Symbol {
    let inner = ReLU()(normalized(convolution(width, kernel: 3, strides: strides, x)))
    return normalized(convolution(width, kernel: 3, inner))
  }

  private static func bottleneck(_ width: Int, _ strides: Int, dilation: Int, _ x: Symbol) -> Symbol {
    let narrow = ReLU()(normalized(convolution(width, kernel: 1, x)))
    let inner = ReLU()(normalized(convolution(width, kernel: 3, strides: strides, dilation: dilation, narrow)))
    return normalized(convolution(4 * width, kernel: 1, inner))
  }

  /// Channels weighted by what two 1x1 convolutions make of their means; as in timm, no fewer than 8 between them.
  private static func excited(_ channels: Int, _ x: Symbol) -> Symbol {
    let means = GlobalAveragePooling2D(keepDimensions: true)(x)
    let squeezed = Conv2D(max(8, channels / 16), kernel: 1, activation: .relu)(means)
    return Multiply()(x, Conv2D(channels, kernel: 1, activation: .sigmoid)(squeezed))
  }

  private static func convolution(
    _ filters: Int, kernel: Int, strides: Int = 1, dilation: Int = 1, _ x: Symbol
  ) -> Symbol {
    padded(kernel / 2, strides: strides, x) { padding, x in
      Conv2D(
        filters, kernel: kernel, strides: strides, padding: padding, dilation: dilation, usesBias: false,
        kernelInitializer: .heNormalFanOut)(x)
    }
  }

  private static func normalized(_ x: Symbol) -> Symbol { BatchNormalization(momentum: 0.9, epsilon: 1e-5)(x) }
}

/// Blocks of each stage, and how many times wider than its 3x3 convolutions a block ends.
private struct ResNetDesign {
  let blocks: [Int]
  let expansion: Int

  /// By the number of layers.
  static let all = [
    "18": ResNetDesign(blocks: [2, 2, 2, 2], expansion: 1),
    "34": ResNetDesign(blocks: [3, 4, 6, 3], expansion: 1),
    "50": ResNetDesign(blocks: [3, 4, 6, 3], expansion: 4),
    "101": ResNetDesign(blocks: [3, 4, 23, 3], expansion: 4),
    "152": ResNetDesign(blocks: [3, 8, 36, 3], expansion: 4),
  ]
}

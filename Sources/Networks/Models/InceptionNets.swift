import Kernels
import Tensors

extension Models {
  static let inceptionNets = [
    NetworkDesign("keras:inceptionv3", input: [299, 299, 3], preprocessing: .tf, graph: inceptionV3),
    NetworkDesign("keras:inceptionresnetv2", input: [299, 299, 3], preprocessing: .tf, graph: inceptionResNetV2),
  ]

  /// What both are made of: convolution, batch norm without scale, ReLU. The layers have Keras's numbers, or the given
  /// name.
  private static func unit(
    _ filters: Int, _ kernel: [Int], strides: Int = 1, padding: Padding = .same, _ x: Symbol, name: String? = nil
  ) -> Symbol {
    let y = Conv2D(filters, kernel: kernel, strides: [strides, strides], padding: padding, usesBias: false)(
      x, name: name)
    return Activation(.relu)(
      BatchNormalization(axis: 3, scale: false)(y, name: name.map { "\($0)_bn" }), name: name.map { "\($0)_ac" })
  }

  /// Several units, one behind the other.
  private static func chain(_ units: [(filters: Int, kernel: [Int])], _ x: Symbol) -> Symbol {
    units.reduce(x) { unit($1.filters, $1.kernel, $0) }
  }

  private static func halved(_ filters: Int, _ x: Symbol) -> Symbol {
    unit(filters, [3, 3], strides: 2, padding: .valid, x)
  }

  /// The beginning of both: to an eighth of the image's sides.
  private static func stem(_ x: Symbol) -> Symbol {
    var x = unit(32, [3, 3], padding: .valid, halved(32, x))
    x = MaxPooling2D(3, strides: 2)(unit(64, [3, 3], x))
    x = unit(192, [3, 3], padding: .valid, unit(80, [1, 1], padding: .valid, x))
    return MaxPooling2D(3, strides: 2)(x)
  }

  private static func averaged(_ filters: Int, _ x: Symbol) -> Symbol {
    unit(filters, [1, 1], AveragePooling2D(3, strides: 1, padding: .same)(x))
  }

  private static func classified(_ classes: Int, _ x: Symbol) -> Symbol {
    Dense(classes, activation: .softmax)(GlobalAveragePooling2D()(x, name: "avg_pool"), name: "predictions")
  }

  /// Inception v3 (Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, "Rethinking the inception architecture for computer
  /// vision", 2016) as in `keras.applications.inception_v3`: 23,851,784 weights for 1000 classes.
  private static func inceptionV3(input: Shape, classes: Int) throws(ShapeError) -> Graph {
    let (one, row, column) = ([1, 1], [1, 7], [7, 1])
    let start = Symbol.input(input)
    var x = stem(start)
    for (number, pooled) in [32, 64, 64].enumerated() {
      let single = unit(64, one, x)
      let quintuple = chain([(48, one), (64, [5, 5])], x)
      let double = chain([(64, one), (96, [3, 3]), (96, [3, 3])], x)
      x = Concatenate(axis: 3)(single, quintuple, double, averaged(pooled, x), name: "mixed\(number)")
    }
    var triple = halved(384, x)
    let double = halved(96, chain([(64, one), (96, [3, 3])], x))
    x = Concatenate(axis: 3)(triple, double, MaxPooling2D(3, strides: 2)(x), name: "mixed3")
    for (number, width) in zip(4..., [128, 160, 160, 192]) {
      let single = unit(192, one, x)
      let septuple = chain([(width, one), (width, row), (192, column)], x)
      let double = chain([(width, one), (width, column), (width, row), (width, column), (192, row)], x)
      x = Concatenate(axis: 3)(single, septuple, double, averaged(192, x), name: "mixed\(number)")
    }
    triple = halved(320, unit(192, one, x))
    let septuple = halved(192, chain([(192, one), (192, row), (192, column)], x))
    x = Concatenate(axis: 3)(triple, septuple, MaxPooling2D(3, strides: 2)(x), name: "mixed8")
    for number in 0..<2 {
      let single = unit(320, one, x)
      let before = unit(384, one, x)
      let triple = Concatenate(axis: 3)(
        unit(384, [1, 3], before), unit(384, [3, 1], before), name: "mixed9_\(number)")
      let behind = chain([(448, one), (384, [3, 3])], x)
      let double = Concatenate(axis: 3)(unit(384, [1, 3], behind), unit(384, [3, 1], behind))
      x = Concatenate(axis: 3)(single, triple, double, averaged(192, x), name: "mixed\(9 + number)")
    }
    return try Graph("inception_v3", inputs: [start], outputs: [classified(classes, x)])
  }

  /// Inception-ResNet v2 (Szegedy, Ioffe, Vanhoucke and Alemi, "Inception-v4, Inception-ResNet and the impact of
  /// residual connections on learning", 2017) as in `keras.applications.inception_resnet_v2`: 55,873,736 weights for
  /// 1000 classes.
  private static func inceptionResNetV2(input: Shape, classes: Int) throws(ShapeError) -> Graph {
    let one = [1, 1]
    func residual(
      _ name: String, _ branches: [[(filters: Int, kernel: [Int])]], _ channels: Int, _ scale: Double, _ x: Symbol
    ) -> Symbol {
      let mixed = Concatenate(axis: 3)(branches.map { chain($0, x) }, name: "\(name)_mixed")
      let up = Conv2D(channels, kernel: 1, padding: .same)(mixed, name: "\(name)_conv")
      return CustomScaleLayer(scale)(x, up)
    }
    func activated(_ x: Symbol, _ name: String) -> Symbol { Activation(.relu)(x, name: "\(name)_ac") }

    let start = Symbol.input(input)
    var x = stem(start)
    let first = unit(96, one, x)
    let quintuple = chain([(48, one), (64, [5, 5])], x)
    let double = chain([(64, one), (96, [3, 3]), (96, [3, 3])], x)
    x = Concatenate(axis: 3)(first, quintuple, double, averaged(64, x), name: "mixed_5b")
    for number in 1...10 {
      let name = "block35_\(number)"
      let branches = [[(32, one)], [(32, one), (32, [3, 3])], [(32, one), (48, [3, 3]), (64, [3, 3])]]
      x = activated(residual(name, branches, 320, 0.17, x), name)
    }
    var branches = [halved(384, x), halved(384, chain([(256, one), (256, [3, 3])], x))]
    x = Concatenate(axis: 3)(branches + [MaxPooling2D(3, strides: 2)(x)], name: "mixed_6a")
    for number in 1...20 {
      let name = "block17_\(number)"
      let branches = [[(192, one)], [(128, one), (160, [1, 7]), (192, [7, 1])]]
      x = activated(residual(name, branches, 1088, 0.1, x), name)
    }
    branches = [
      halved(384, unit(256, one, x)), halved(288, unit(256, one, x)),
      halved(320, chain([(256, one), (288, [3, 3])], x)),
    ]
    x = Concatenate(axis: 3)(branches + [MaxPooling2D(3, strides: 2)(x)], name: "mixed_7a")
    for number in 1...10 {
      let name = "block8_\(number)"
      let branches = [[(192, one)], [(192, one), (224, [1, 3]), (256, [3, 1])]]
      x = residual(name, branches, 2080, number < 10 ? 0.2 : 1, x)
      if number < 10 { x = activated(x, name) }
    }
    x = unit(1536, one, x, name: "conv_7b")
    return try Graph("inception_resnet_v2", inputs: [start], outputs: [classified(classes, x)])
  }
}

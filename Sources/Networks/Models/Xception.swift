import Kernels
import Tensors

extension Models {
  static let xceptions = [NetworkDesign("keras:xception", input: [299, 299, 3], preprocessing: .tf, graph: xception)]

  /// Xception (Chollet, "Xception: deep learning with depthwise separable convolutions", 2017) as in
  /// `keras.applications.xception`: 22,910,480 weights for 1000 classes.
  private static func xception(input: Shape, classes: Int) throws(ShapeError) -> Graph {
    func activated(_ x: Symbol, _ name: String) -> Symbol { Activation(.relu)(x, name: "\(name)_act") }
    func separable(_ filters: Int, _ name: String, _ x: Symbol) -> Symbol {
      let y = SeparableConv2D(filters, kernel: [3, 3], padding: .same, usesBias: false)(x, name: name)
      return BatchNormalization()(y, name: "\(name)_bn")
    }
    func projected(_ filters: Int, _ x: Symbol) -> Symbol {
      BatchNormalization()(Conv2D(filters, kernel: 1, strides: 2, padding: .same, usesBias: false)(x))
    }

    let start = Symbol.input(input)
    var x = start
    for (number, filters) in zip(1..., [32, 64]) {
      let name = "block1_conv\(number)"
      x = Conv2D(filters, kernel: 3, strides: number == 1 ? 2 : 1, usesBias: false)(x, name: name)
      x = activated(BatchNormalization()(x, name: "\(name)_bn"), name)
    }
    for (block, filters) in zip(
      2..., [[128, 128], [256, 256], [728, 728]] + Array(repeating: [728, 728, 728], count: 8) + [[728, 1024]])
    {
      // Blocks that halve the sides have a shortcut of their own.
      let isHalved = filters.count == 2
      let shortcut = isHalved ? projected(filters[1], x) : x
      var y = x
      for (number, channels) in zip(1..., filters) {
        let name = "block\(block)_sepconv\(number)"
        // The first one stands behind an activation already.
        if block > 2 || number > 1 { y = activated(y, name) }
        y = separable(channels, name, y)
      }
      if isHalved { y = MaxPooling2D(3, strides: 2, padding: .same)(y, name: "block\(block)_pool") }
      x = Add()(y, shortcut)
    }
    for (number, filters) in zip(1..., [1536, 2048]) {
      x = activated(separable(filters, "block14_sepconv\(number)", x), "block14_sepconv\(number)")
    }
    x = GlobalAveragePooling2D()(x, name: "avg_pool")
    x = Dense(classes, activation: .softmax)(x, name: "predictions")
    return try Graph("xception", inputs: [start], outputs: [x])
  }
}

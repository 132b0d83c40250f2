import Kernels
import Tensors

extension Models {
  static let nasNets = [
    nasNet(
      NASNet(name: "nasnet_mobile", filters: 44, blocks: 4, stem: 32, skipsReduction: false), input: [224, 224, 3]),
    nasNet(
      NASNet(name: "nasnet_large", filters: 168, blocks: 6, stem: 96, skipsReduction: true), input: [331, 331, 3]),
  ]

  private static func nasNet(_ net: NASNet, input: Shape) -> NetworkDesign {
    NetworkDesign("keras:\(net.name.replacing("_", with: ""))", input: input, preprocessing: .tf) {
      (input, classes) throws(ShapeError) in try net.graph(input: input, classes: classes)
    }
  }
}

/// NASNet-A (Zoph, Vasudevan, Shlens and Le, "Learning transferable architectures for scalable image recognition",
/// 2018) as in `keras.applications.nasnet`: the mobile one has 5,326,716 weights for 1000 classes, the large one
/// 88,949,818.
///
/// A cell takes the outputs of the two before it.
private struct NASNet {
  let name: String
  /// Of the first cells behind the stem: a 24th of the channels at the end.
  let filters: Int
  /// Cells between two reductions.
  let blocks: Int
  /// Filters of the first convolution.
  let stem: Int
  /// Whether the cell behind a reduction takes the value before what the reduction took.
  let skipsReduction: Bool

  func graph(input: Shape, classes: Int) throws(ShapeError) -> Graph {
    let start = Symbol.input(input)
    var x = Conv2D(stem, kernel: 3, strides: 2, usesBias: false, kernelInitializer: .heNormal)(
      start, name: "stem_conv1")
    x = normalized(x, "stem_bn1")
    var previous: Symbol?
    (x, previous) = (reduction(x, previous, filters / 4, "stem_1"), x)
    (x, previous) = (reduction(x, previous, filters / 2, "stem_2"), x)
    for stage in 0..<3 {
      if stage > 0 {
        let reduced = reduction(x, previous, filters << stage, "reduce_\(stage * blocks)")
        (x, previous) = (reduced, skipsReduction ? previous : x)
      }
      for block in 0..<blocks {
        let number = stage * blocks + block + (stage > 0 ? 1 : 0)
        (x, previous) = (normal(x, previous, filters << stage, "\(number)"), x)
      }
    }
    x = GlobalAveragePooling2D()(activated(x))
    x = Dense(classes, activation: .softmax)(x, name: "predictions")
    return try Graph(name, inputs: [start], outputs: [x])
  }

  private func normalized(_ x: Symbol, _ name: String) -> Symbol { BatchNormalization(momentum: 0.9997)(x, name: name) }

  private func activated(_ x: Symbol, name: String? = nil) -> Symbol { Activation(.relu)(x, name: name) }

  private func projected(_ filters: Int, _ x: Symbol, _ name: String) -> Symbol {
    Conv2D(filters, kernel: 1, padding: .same, usesBias: false, kernelInitializer: .heNormal)(x, name: name)
  }

  private func separable(_ filters: Int, _ kernel: Int, strides: Int = 1, _ name: String, _ x: Symbol) -> Symbol {
    func convolution(_ number: Int, strides: Int, padding: Padding, _ x: Symbol) -> Symbol {
      let y = SeparableConv2D(
        filters, kernel: [kernel, kernel], strides: [strides, strides], padding: padding, usesBias: false)(
          x, name: "separable_conv_\(number)_\(name)")
      return normalized(y, "separable_conv_\(number)_bn_\(name)")
    }
    var x = activated(x)
    if strides == 2 { x = Models.correctlyPadded(kernel: kernel, x, name: "separable_conv_1_pad_\(name)") }
    x = convolution(1, strides: strides, padding: strides == 2 ? .valid : .same, x)
    return convolution(2, strides: 1, padding: .same, activated(x))
  }

  /// The value of the cell before the last, with the size and the channels that the cell wants.
  private func adjusted(_ previous: Symbol?, to x: Symbol, _ filters: Int, _ id: String) -> Symbol {
    guard let previous, let shape = previous.shape, let wanted = x.shape else { return x }
    if shape.width != wanted.width {
      let active = activated(previous, name: "adjust_relu_1_\(id)")
      let even = AveragePooling2D(1, strides: 2)(active, name: "adjust_avg_pool_1_\(id)")
      let first = projected(filters / 2, even, "adjust_conv_1_\(id)")
      let shifted = Cropping2D(top: 1, left: 1)(ZeroPadding2D(before: [0, 0], after: [1, 1])(active))
      let odd = AveragePooling2D(1, strides: 2)(shifted, name: "adjust_avg_pool_2_\(id)")
      let second = projected(filters / 2, odd, "adjust_conv_2_\(id)")
      return normalized(Concatenate()(first, second), "adjust_bn_\(id)")
    }
    if shape.channels == filters { return previous }
    return normalized(projected(filters, activated(previous), "adjust_conv_projection_\(id)"), "adjust_bn_\(id)")
  }

  private func average(_ x: Symbol, strides: Int = 1, padding: Padding = .same, _ name: String) -> Symbol {
    AveragePooling2D(3, strides: strides, padding: padding)(x, name: name)
  }

  private func normal(_ x: Symbol, _ previous: Symbol?, _ filters: Int, _ id: String) -> Symbol {
    let p = adjusted(previous, to: x, filters, id)
    let h = normalized(projected(filters, activated(x), "normal_conv_1_\(id)"), "normal_bn_1_\(id)")
    func add(_ first: Symbol, _ second: Symbol, _ number: Int) -> Symbol {
      Add()(first, second, name: "normal_add_\(number)_\(id)")
    }
    let x1 = add(separable(filters, 5, "normal_left1_\(id)", h), separable(filters, 3, "normal_right1_\(id)", p), 1)
    let x2 = add(separable(filters, 5, "normal_left2_\(id)", p), separable(filters, 3, "normal_right2_\(id)", p), 2)
    let x3 = add(average(h, "normal_left3_\(id)"), p, 3)
    let x4 = add(average(p, "normal_left4_\(id)"), average(p, "normal_right4_\(id)"), 4)
    let x5 = add(separable(filters, 3, "normal_left5_\(id)", h), h, 5)
    return Concatenate()(p, x1, x2, x3, x4, x5, name: "normal_concat_\(id)")
  }

  private func reduction(_ x: Symbol, _ previous: Symbol?, _ filters: Int, _ id: String) -> Symbol {
    let p = adjusted(previous, to: x, filters, id)
    let h = normalized(projected(filters, activated(x), "reduction_conv_1_\(id)"), "reduction_bn_1_\(id)")
    let padded = Models.correctlyPadded(kernel: 3, h, name: "reduction_pad_1_\(id)")
    func reduced(_ kernel: Int, _ side: String, _ x: Symbol) -> Symbol {
      separable(filters, kernel, strides: 2, "reduction_\(side)_\(id)", x)
    }
    func largest(_ side: String) -> Symbol { MaxPooling2D(3, strides: 2)(padded, name: "reduction_\(side)_\(id)") }
    let x1 = Add()(reduced(5, "left1", h), reduced(7, "right1", p), name: "reduction_add_1_\(id)")
    let x2 = Add()(largest("left2"), reduced(7, "right2", p), name: "reduction_add_2_\(id)")
    let x3 = Add()(
      average(padded, strides: 2, padding: .valid, "reduction_left3_\(id)"), reduced(5, "right3", p),
      name: "reduction_add3_\(id)")
    let x4 = Add()(x2, average(x1, "reduction_left4_\(id)"))
    let x5 = Add()(
      separable(filters, 3, "reduction_left4_\(id)", x1), largest("right5"), name: "reduction_add4_\(id)")
    return Concatenate()(x2, x3, x4, x5, name: "reduction_concat_\(id)")
  }
}

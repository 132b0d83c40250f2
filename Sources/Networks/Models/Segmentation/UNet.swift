import Kernels
import Tensors

extension Models {
  static let uNets = [uNet("unet", depth: 4, width: 16)]

  /// U-Net (Ronneberger, Fischer and Brox, "U-Net: convolutional networks for biomedical image segmentation", 2015) of
  /// any depth and width, with padding, batch normalisation and enlarging by repetition: `unet-D-W`.
  ///
  /// Level l of D has W * 2^(l-1) channels, and the bottom as many as the last level. Images whose sides are no
  /// multiples of 2^D get zeros on both sides (`pad`), which `crop` takes off again. Of 4 levels and 16 channels it has
  /// 1,226,475 trainable weights for 11 classes. Defaults are those of CamVid at 240x180.
  ///
  /// - Parameters:
  ///   - depth: how often sides are halved.
  ///   - width: channels at full resolution.
  static func uNet(_ name: String, depth: Int, width: Int) -> NetworkDesign {
    NetworkDesign(name, input: [180, 240, 3], classes: 11, preprocessing: nil) { (input, classes) throws(ShapeError) in
      let start = Symbol.input(input)
      let sizes = [input.height, input.width]
      let missing = sizes.map { (1 << depth) - 1 - ($0 + (1 << depth) - 1) % (1 << depth) }
      let before = missing.map { $0 / 2 }
      let after = missing.map { $0 - $0 / 2 }
      let isPadded = missing != [0, 0]
      var x = isPadded ? ZeroPadding2D(before: before, after: after)(start, name: "pad") : start
      var skips: [Symbol] = []
      for level in 1...depth {
        skips.append(uNetLevel("down\(level)", width << (level - 1), x))
        x = MaxPooling2D()(skips[level - 1], name: "pool\(level)")
      }
      x = uNetLevel("bottom", width << (depth - 1), x)
      for level in (1...depth).reversed() {
        x = UpSampling2D()(x, name: "upsample\(level)")
        x = Concatenate()(x, skips[level - 1], name: "concatenate\(level)")
        x = uNetLevel("up\(level)", width << (level - 1), x)
      }
      x = Conv2D(classes, kernel: 1, kernelInitializer: .heNormal)(x, name: "head")
      if isPadded { x = Cropping2D(before: before, after: after)(x, name: "crop") }
      return try Graph(name, inputs: [start], outputs: [Activation(.softmax)(x, name: "predictions")])
    }
  }

  /// Twice a 3x3 convolution, batch normalisation and ReLU.
  static func uNetLevel(_ name: String, _ channels: Int, _ x: Symbol) -> Symbol {
    var x = x
    for number in 1...2 {
      x = Conv2D(channels, kernel: 3, padding: .same, usesBias: false, kernelInitializer: .heNormal)(
        x, name: "\(name)_conv\(number)")
      x = ReLU()(BatchNormalization()(x, name: "\(name)_bn\(number)"), name: "\(name)_relu\(number)")
    }
    return x
  }
}

extension SegmentationHeads {
  /// The way up of a U-Net behind an encoder: from its last value to the image, with each of the others. Levels have 32
  /// channels at half the image's sides, 64 at a quarter, and so on to 256; one of 16 follows at full size, without a
  /// value of the encoder where it has none.
  ///
  /// - Parameter values: of falling resolution.
  static func unet(_ values: [Symbol], image: Symbol, classes: Int) -> Symbol {
    let height = image.shape?.height ?? 1
    var x = values[values.count - 1]
    for (number, value) in values.dropLast().enumerated().reversed() {
      let size = value.shape.map { [$0.height, $0.width] } ?? [1, 1]
      x = enlarged(x, to: size, .nearest, name: "upsample\(number + 1)")
      x = Concatenate()(x, value, name: "concatenate\(number + 1)")
      // Halves of the image, rounded: sides need not be multiples.
      var (halves, reached) = (0, height)
      while 2 * reached >= 3 * size[0], halves < 4 { (halves, reached) = (halves + 1, (reached + 1) / 2) }
      x = Models.uNetLevel("up\(number + 1)", 16 << halves, x)
    }
    let isWhole = values.dropLast().first?.shape?.height == height
    if !isWhole {
      let size = [height, image.shape?.width ?? 1]
      x = Models.uNetLevel("up0", 16, enlarged(x, to: size, .nearest, name: "upsample0"))
    }
    return Conv2D(classes, kernel: 1, kernelInitializer: .heNormal)(x, name: "head")
  }
}

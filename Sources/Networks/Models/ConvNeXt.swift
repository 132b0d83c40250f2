import Kernels
import Tensors

extension Models {
  static let convNeXts = [
    convNeXt("tiny", depths: [3, 3, 9, 3], widths: [96, 192, 384, 768]),
    convNeXt("small", depths: [3, 3, 27, 3], widths: [96, 192, 384, 768]),
    convNeXt("base", depths: [3, 3, 27, 3], widths: [128, 256, 512, 1024]),
    convNeXt("large", depths: [3, 3, 27, 3], widths: [192, 384, 768, 1536]),
    convNeXt("xlarge", depths: [3, 3, 27, 3], widths: [256, 512, 1024, 2048]),
  ]

  private static func convNeXt(_ size: String, depths: [Int], widths: [Int]) -> NetworkDesign {
    NetworkDesign("keras:convnext\(size)", preprocessing: ImagePreprocessing.none) {
      (input, classes) throws(ShapeError) in
      try convNeXt("convnext_\(size)", depths, widths, input: input, classes: classes)
    }
  }

  /// ConvNeXt (Liu et al., "A ConvNet for the 2020s", 2022) as in `keras.applications.convnext`: the tiny one has
  /// 28,589,128 weights for 1000 classes.
  private static func convNeXt(
    _ name: String, _ depths: [Int], _ widths: [Int], input: Shape, classes: Int
  ) throws(ShapeError) -> Graph {
    let normalization = LayerNormalization(epsilon: 1e-6)
    let start = Symbol.input(input)
    var x = start
    if input.channels == 3 {
      x = Normalization(
        mean: [0.485, 0.456, 0.406].map { $0 * 255 }, variance: [0.229, 0.224, 0.225].map { ($0 * 255) * ($0 * 255) })(
          x, name: "\(name)_prestem_normalization")
    }
    for (stage, (depth, width)) in zip(depths, widths).enumerated() {
      if stage == 0 {
        x = Sequential("\(name)_stem", input: x.shape ?? []) {
          Conv2D(width, kernel: 4, strides: 4).named("\(name)_stem_conv")
          normalization.named("\(name)_stem_layernorm")
        }(x)
      } else {
        x = Sequential("\(name)_downsampling_block_\(stage - 1)", input: x.shape ?? []) {
          normalization.named("\(name)_downsampling_layernorm_\(stage - 1)")
          Conv2D(width, kernel: 2, strides: 2).named("\(name)_downsampling_conv_\(stage - 1)")
        }(x)
      }
      for block in 0..<depth {
        let place = "\(name)_stage_\(stage)_block_\(block)"
        var y = Conv2D(width, kernel: 7, padding: .same, groups: width)(x, name: "\(place)_depthwise_conv")
        y = Dense(4 * width)(normalization(y, name: "\(place)_layernorm"), name: "\(place)_pointwise_conv_1")
        y = Dense(width)(Activation(.gelu)(y, name: "\(place)_gelu"), name: "\(place)_pointwise_conv_2")
        y = LayerScale(channels: width)(y, name: "\(place)_layer_scale")
        y = Activation(.linear)(y, name: "\(place)_identity")
        x = Operation(known: "add")(x, y)
      }
    }
    x = normalization(GlobalAveragePooling2D()(x, name: "\(name)_head_gap"), name: "\(name)_head_layernorm")
    x = Dense(classes, activation: .softmax)(x, name: "\(name)_head_dense")
    return try Graph(name, inputs: [start], outputs: [x])
  }
}

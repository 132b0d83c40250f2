import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Layers that exist for one, two and three spatial axes keep the layer contract in each.
@Suite struct SpatialLayerTests {
  @Test func conv() throws {
    try LayerContract.check(Conv1D(5, kernel: 3, strides: 2, padding: .causal, activation: .tanh), inputs: [11, 4])
    try LayerContract.check(Conv1D(6, kernel: 4, padding: .causal, dilation: 3, groups: 2), inputs: [7, 4], live: 17)
    try LayerContract.check(Conv1D(3, kernel: 4, strides: 3, padding: .same, usesBias: false), inputs: [13, 2])
    try LayerContract.check(Conv1D(3, kernel: 2, strides: 2, dilation: 2), inputs: [10, 3], live: 16)
    try LayerContract.check(
      Conv2D(4, kernel: [3, 2], strides: [1, 2], dilation: [2, 1], groups: 2), inputs: [8, 7, 4])
    try LayerContract.check(Conv3D(3, kernel: [2, 3, 1], padding: .same), inputs: [4, 5, 3, 2])
    try LayerContract.check(
      Conv3D(4, kernel: [3, 2, 2], strides: [2, 1, 2], dilation: [1, 2, 1], groups: 2), inputs: [5, 4, 6, 2], live: 17)
  }

  @Test func depthwiseConv() throws {
    try LayerContract.check(DepthwiseConv1D(kernel: [4], strides: [2], padding: .same, multiplier: 2), inputs: [9, 3])
    try LayerContract.check(DepthwiseConv1D(kernel: [3], dilation: [2], usesBias: false), inputs: [9, 3], live: 17)
    try LayerContract.check(
      DepthwiseConv2D(kernel: [3, 2], padding: .same, dilation: [2, 3], multiplier: 3), inputs: [6, 7, 2])
  }

  @Test func separableConv() throws {
    try LayerContract.check(
      SeparableConv1D(5, kernel: [3], strides: [2], padding: .causal, multiplier: 2, activation: .tanh), inputs: [9, 3])
    try LayerContract.check(SeparableConv1D(4, kernel: [2], padding: .same, usesBias: false), inputs: [6, 2], live: 17)
    try LayerContract.check(SeparableConv2D(6, kernel: [3, 3], strides: [2, 2], padding: .same), inputs: [7, 6, 4])
    try LayerContract.check(
      SeparableConv2D(
        3, kernel: [2, 3], dilation: [2, 1], multiplier: 2, depthwiseRegularizer: Regularizer(l1: 0.1),
        pointwiseRegularizer: Regularizer(l2: 0.1)), inputs: [7, 6, 3], live: 16)
  }

  @Test func convTranspose() throws {
    try LayerContract.check(Conv1DTranspose(4, kernel: [3], strides: [2], padding: .same), inputs: [6, 3])
    try LayerContract.check(
      Conv1DTranspose(3, kernel: [2], strides: [4], outputPadding: [3], usesBias: false), inputs: [5, 2], live: 17)
    try LayerContract.check(Conv2DTranspose(4, kernel: [3, 3], padding: .same, activation: .tanh), inputs: [5, 4, 3])
    try LayerContract.check(
      Conv2DTranspose(2, kernel: [3, 4], strides: [2, 3], padding: .same, outputPadding: [1, 2]), inputs: [3, 4, 5])
    try LayerContract.check(
      Conv2DTranspose(2, kernel: [2, 1], strides: [3, 2], dilation: [2, 1]), inputs: [3, 4, 2])
    try LayerContract.check(
      Conv2DTranspose(20, kernel: [3, 3], padding: .same), inputs: [8, 8, 18], live: 16, tolerance: 5e-3)
    try LayerContract.check(Conv3DTranspose(3, kernel: [2, 3, 2], strides: [2, 1, 3]), inputs: [3, 2, 3, 2])
    try LayerContract.check(
      Conv3DTranspose(2, kernel: [3, 3, 3], strides: [2, 2, 2], padding: .same), inputs: [2, 3, 2, 3], live: 17)
  }

  /// Sizes that Keras computes for 5 cells.
  @Test(
    arguments: [
      (3, 2, Padding.same, nil, 10), (3, 2, .valid, nil, 11), (2, 4, .valid, nil, 20), (2, 4, .valid, 3, 21),
      (3, 2, .same, 1, 10), (3, 2, .same, 0, 9), (4, 3, .same, 2, 14), (5, 1, .valid, nil, 9),
    ] as [(Int, Int, Padding, Int?, Int)])
  func transposedSizes(kernel: Int, strides: Int, padding: Padding, extra: Int?, size: Int) throws {
    let layer = Conv1DTranspose(
      2, kernel: [kernel], strides: [strides], padding: padding, outputPadding: extra.map { [$0] })
    #expect(try layer.signature(of: [[5, 3]]).outputs == [[size, 2]])
  }

  /// Each layer that convolves, by each algorithm that computes its shape.
  @Test(arguments: ConvolutionAlgorithm.allCases) func everyAlgorithm(algorithm: ConvolutionAlgorithm) throws {
    let (sequence, image) = (Symbol.input([9, 4]), Symbol.input([6, 5, 4]))
    let outputs = [
      Conv1D(3, kernel: 3, padding: .causal, dilation: 2)(sequence), DepthwiseConv1D(kernel: [2])(sequence),
      SeparableConv2D(3, kernel: [3, 3], padding: .same)(image), Conv2DTranspose(3, kernel: [3, 3])(image),
      Conv2DTranspose(3, kernel: [2, 3], strides: [2, 2], padding: .same)(image),
    ]
    let graph = try Graph("convolutions", inputs: [sequence, image], outputs: outputs)
    try LayerContract.check(graph.choosing(among: [algorithm]))
    // Frozen, they have gradients of their inputs only.
    try LayerContract.check(graph.choosing(among: [algorithm]).freezing(where: { _ in true }))
  }

  @Test func pooling() throws {
    try LayerContract.check(MaxPooling1D(), inputs: [9, 3], values: .separated)
    try LayerContract.check(MaxPooling1D(4, strides: 3, padding: .same), inputs: [11, 2], live: 17, values: .separated)
    try LayerContract.check(MaxPooling2D([3, 1], strides: [1, 2]), inputs: [5, 6, 2], values: .separated)
    try LayerContract.check(MaxPooling3D([2, 3, 2], padding: .same), inputs: [4, 5, 3, 2], values: .separated)
    try LayerContract.check(AveragePooling1D(3, strides: 2, padding: .same), inputs: [10, 2])
    try LayerContract.check(AveragePooling2D([2, 3], strides: [1, 2], padding: .same), inputs: [5, 6, 2], live: 17)
    try LayerContract.check(AveragePooling3D([2, 1, 3]), inputs: [4, 2, 6, 2])
    try LayerContract.check(GlobalAveragePooling1D(), inputs: [7, 3])
    try LayerContract.check(GlobalAveragePooling3D(keepDimensions: true), inputs: [3, 2, 4, 3], live: 17)
    try LayerContract.check(GlobalMaxPooling1D(keepDimensions: true), inputs: [7, 3], values: .separated)
    try LayerContract.check(GlobalMaxPooling3D(), inputs: [3, 2, 4, 3], values: .separated)
  }

  @Test func sizes() throws {
    try LayerContract.check(ZeroPadding1D(2), inputs: [5, 3])
    try LayerContract.check(ZeroPadding1D(before: [0], after: [3]), inputs: [5, 3], live: 17)
    try LayerContract.check(ZeroPadding3D(before: [1, 0, 2], after: [0, 3, 1]), inputs: [2, 3, 2, 2])
    try LayerContract.check(Cropping1D(before: [1], after: [2]), inputs: [6, 3])
    try LayerContract.check(Cropping3D(before: [1, 0, 2], after: [0, 1, 1]), inputs: [3, 3, 5, 2], live: 17)
    try LayerContract.check(UpSampling1D(3), inputs: [4, 3])
    try LayerContract.check(UpSampling3D(size: [2, 1, 3]), inputs: [2, 3, 2, 2], live: 17)
    for interpolation in Interpolation.allCases {
      try LayerContract.check(UpSampling2D(size: [3, 2], interpolation: interpolation), inputs: [4, 3, 2])
    }
    try LayerContract.check(SpatialDropout1D(0.4), inputs: [5, 6])
    try LayerContract.check(SpatialDropout3D(0.4), inputs: [2, 3, 2, 6], live: 17)
  }

  /// Paddings of sequences and volumes disappear into what reads them, as those of images do.
  @Test func paddingIsAbsorbedOnAnyNumberOfAxes() throws {
    let (sequence, volume) = (Symbol.input([8, 2]), Symbol.input([4, 3, 4, 2]))
    let outputs = [
      Conv1D(3, kernel: 3)(ZeroPadding1D(before: [2], after: [1])(sequence, name: "first")),
      Conv3D(3, kernel: 2, strides: 2)(ZeroPadding3D()(volume, name: "second")),
      MaxPooling3D(3, strides: 2)(ZeroPadding3D(before: [1, 0, 2], after: [0, 2, 1])(ReLU()(volume), name: "third")),
    ]
    let graph = try Graph("padded", inputs: [sequence, volume], outputs: outputs)
    let plan = try Planner().plan(graph, lanes: 16, mode: .training)
    for (name, shape): (String, Shape) in [("first", [8, 2]), ("second", [4, 3, 4, 2]), ("third", [4, 3, 4, 2])] {
      let step = try #require(plan.steps.first { $0.name == name })
      #expect(step.outputs[0].shape == shape && step.outputs[0].storage == step.inputs[0].storage, "\(name)")
    }
    try LayerContract.check(graph, values: .separated, tolerance: 5e-3)
  }

  @Test func kerasSpellings() throws {
    func configuration(_ name: String, _ values: [String: JSONValue]) throws -> [String: JSONValue] {
      try LayerRegistry.layer(name, values).kerasConfiguration()
    }
    #expect(try configuration("MaxPooling1D", ["pool_size": 3])["strides"] == [3])
    #expect(
      try configuration("AveragePooling3D", ["strides": .null, "pool_size": [2, 1, 3]])["strides"] == [2, 1, 3])
    #expect(try configuration("ZeroPadding1D", ["padding": 2])["padding"] == [2, 2])
    #expect(try configuration("ZeroPadding1D", [:]) == ["padding": [1, 1]])
    #expect(try configuration("ZeroPadding2D", ["padding": [1, 2]])["padding"] == [[1, 1], [2, 2]])
    #expect(try configuration("Cropping3D", [:])["cropping"] == [[1, 1], [1, 1], [1, 1]])
    #expect(try configuration("Cropping2D", [:])["cropping"] == [[0, 0], [0, 0]])
    #expect(try configuration("UpSampling1D", ["size": 3]) == ["size": 3])
    #expect(try configuration("UpSampling3D", [:])["size"] == [2, 2, 2])
    #expect(try configuration("Conv2DTranspose", ["filters": 2, "kernel_size": 3])["output_padding"] == nil)
    let old: [String: JSONValue] = ["filters": 2, "kernel_size": [3], "groups": 1, "kernel_initializer": "zeros"]
    #expect(try configuration("SeparableConv1D", old)["kernel_initializer"] == nil)
  }

  @Test func refusesWhatKerasRefuses() throws {
    let convolution: [String: JSONValue] = ["filters": 2, "kernel_size": 3]
    let wrong: [(String, [String: JSONValue])] = [
      ("Conv2D", convolution.merging(["padding": "causal"]) { $1 }), ("MaxPooling1D", ["padding": "causal"]),
      ("Conv2DTranspose", convolution.merging(["padding": "causal"]) { $1 }),
      ("Conv2DTranspose", convolution.merging(["groups": 2]) { $1 }),
      ("Conv3D", ["filters": 2, "kernel_size": [3, 3]]),
      ("MaxPooling3D", ["pool_size": 0]), ("AveragePooling2D", ["pool_size": 1_000_000]),
      ("ZeroPadding1D", ["padding": [[1, 2], [3, 4]]]), ("ZeroPadding3D", ["padding": [1, 2]]),
      ("Cropping1D", ["cropping": [1, 2, 3]]), ("Cropping1D", ["cropping": -1]), ("UpSampling1D", ["size": 0]),
      ("UpSampling1D", ["interpolation": "bilinear"]), ("UpSampling2D", ["interpolation": "gaussian"]),
      ("SpatialDropout1D", ["rate": 1.5]), ("Conv1D", convolution.merging(["data_format": "channels_first"]) { $1 }),
    ]
    for (name, values) in wrong {
      #expect(throws: ImportError.self, "\(name) \(values)") { try LayerRegistry.layer(name, values) }
    }
    let layers: [(any Layer, Shape)] = [
      (Conv1D(2, kernel: 3), [5, 5, 1]), (Conv1D(2, kernel: 6), [5, 1]), (Conv1D(3, kernel: 1, groups: 2), [5, 2]),
      (Conv2D(0, kernel: 3), [5, 5, 1]), (Conv3D(2, kernel: 1 << 10), [5, 5, 5, 1]),
      (Conv3D(2, kernel: 1 << 20, padding: .same), [5, 5, 5, 1]), (Conv2D(2, kernel: .max), [5, 5, 1]),
      (Conv1DTranspose(2, kernel: [3], strides: [2], outputPadding: [2]), [5, 1]),
      (Conv1DTranspose(2, kernel: [2], padding: .same, outputPadding: [0]), [1, 1]),
      (Conv3DTranspose(2, kernel: [1, 1, 1], strides: [1 << 20, 1 << 20, 1 << 20]), [5, 5, 5, 1]),
      (SeparableConv2D(2, kernel: [3, 3]), [2, 5, 1]), (SeparableConv2D(2, kernel: [3, 3], multiplier: 0), [5, 5, 1]),
      (MaxPooling1D(6), [5, 1]), (AveragePooling3D(3), [3, 2, 3, 1]), (Cropping1D(before: [3], after: [2]), [5, 1]),
      (UpSampling3D(1 << 20), [5, 5, 5, 1]), (GlobalMaxPooling1D(), [5, 5, 1]),
    ]
    for (layer, shape) in layers {
      #expect(throws: ShapeError.self, "\(layer.kerasName) \(shape)") { try layer.signature(of: [shape]) }
    }
  }
}

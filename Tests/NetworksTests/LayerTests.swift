import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Every layer in several configurations keeps the layer contract.
@Suite struct LayerTests {
  @Test func conv2D() throws {
    try LayerContract.check(Conv2D(7, kernel: 3, padding: .same), inputs: [6, 5, 3])
    try LayerContract.check(
      Conv2D(8, kernel: [3, 2], strides: [2, 1], padding: .valid, usesBias: false), inputs: [9, 6, 4])
    try LayerContract.check(Conv2D(6, kernel: 3, padding: .same, dilation: 2, groups: 2), inputs: [7, 7, 4], live: 16)
    try LayerContract.check(Conv2D(13, kernel: 1, strides: 2, padding: .same), inputs: [8, 8, 9], live: 17)
    try LayerContract.check(Conv2D(3, kernel: 5, strides: 3, padding: .same, activation: .tanh), inputs: [10, 11, 2])
    try LayerContract.check(Conv2D(4, kernel: 3, activation: .sigmoid), inputs: [5, 5, 1], live: 1)
  }

  /// A strided convolution is never Winograd's; the other is.
  @Test(arguments: ConvolutionAlgorithm.allCases, [1, 2])
  func conv2DByEachAlgorithm(algorithm: ConvolutionAlgorithm, strides: Int) throws {
    let layer = try LayerRegistry.layer(
      "Conv2D", ["filters": 5, "kernel_size": 3, "strides": .integer(strides), "padding": "same"])
    var graph = Graph(name: "one")
    let input = try graph.append(Input([7, 8, 3]), named: "input", inputs: [])
    graph.setOutputs([try graph.append(layer, named: "conv", inputs: [input])])
    try LayerContract.check(graph.choosing(among: [algorithm]))
  }

  @Test func depthwiseConv2D() throws {
    try LayerContract.check(DepthwiseConv2D(kernel: [3, 3], padding: .same), inputs: [6, 5, 3])
    try LayerContract.check(
      DepthwiseConv2D(kernel: [3, 2], strides: [2, 1], multiplier: 3, activation: .tanh, usesBias: false),
      inputs: [9, 6, 4], live: 17)
    try LayerContract.check(
      DepthwiseConv2D(kernel: [3, 3], padding: .same, dilation: [2, 2], kernelRegularizer: Regularizer(l2: 0.1)),
      inputs: [7, 7, 2], live: 16)
    let input = Symbol.input([7, 6, 3])
    let x = DepthwiseConv2D(kernel: [3, 3], strides: [2, 2])(ZeroPadding2D()(input, name: "padding"))
    let graph = try Graph("depthwise", inputs: [input], outputs: [x])
    try LayerContract.check(graph)
    try LayerContract.check(graph.choosing(among: [.lowered]))
    #expect(try outputs(of: graph, keeping: []) == outputs(of: graph, keeping: ["padding"]))
    #expect(throws: ShapeError.self) { try DepthwiseConv2D(kernel: [3, 3], multiplier: 0).signature(of: [[7, 6, 3]]) }
  }

  /// By Keras's definition, with a kernel of (3, 3, C, m): output channel c * m + k is channel c filtered by kernel k.
  @Test func depthwiseConv2DFollowsKeras() throws {
    let input = Symbol.input([4, 5, 2])
    let layer = DepthwiseConv2D(kernel: [2, 3], multiplier: 3)
    let graph = try Graph("depthwise", inputs: [input], outputs: [layer(input)])
    let weights = Weights(ParameterTable(graph))
    weights[weights.table.entries[0]].replace(with: (0..<36).map { Float($0 * 7 % 11) - 5 })
    weights[weights.table.entries[1]].replace(with: [1, 2, 3, 4, 5, 6])
    let network = Network(try Planner().plan(graph, lanes: 16, mode: .inference), weights: weights)
    let x = (0..<40).map { Float($0 * 5 % 13) - 6 }
    network.prepare()
    network.beginInputs()
    for lane in 0..<16 { network.inputs[0].setSample(lane, x) }
    network.forward()
    let y = network.outputs[0].sample(3)
    var expected: [Float] = []
    for row in 0..<3 {
      for column in 0..<3 {
        for channel in 0..<6 {
          var sum = Float(channel + 1)
          for i in 0..<2 {
            for j in 0..<3 {
              let tap = ((i * 3 + j) * 2 + channel / 3) * 3 + channel % 3
              sum += x[((row + i) * 5 + column + j) * 2 + channel / 3] * (Float(tap * 7 % 11) - 5)
            }
          }
          expected.append(sum)
        }
      }
    }
    #expect(y == expected)
  }

  @Test func dense() throws {
    try LayerContract.check(Dense(10), inputs: [33])
    try LayerContract.check(Dense(7, activation: .tanh, usesBias: false), inputs: [5], live: 20)
    try LayerContract.check(Dense(6, activation: .softmax), inputs: [9])
  }

  @Test func activations() throws {
    try LayerContract.check(Activation(.tanh), inputs: [4, 3, 2])
    try LayerContract.check(Activation(.sigmoid), inputs: [6])
    try LayerContract.check(Activation(.linear), inputs: [6, 2, 1])
    try LayerContract.check(Activation(.relu), inputs: [5, 5, 3], values: .separated)
    try LayerContract.check(Activation(.softmax), inputs: [3, 2, 5])
    try LayerContract.check(ReLU(), inputs: [40], live: 16, values: .separated)
    try LayerContract.check(ReLU(maximum: 0.725), inputs: [40], live: 16, values: .separated)
    #expect(throws: ImportError.self) { try LayerRegistry.layer("ReLU", ["max_value": 0]) }
    try LayerContract.check(Softmax(), inputs: [11])
  }

  @Test(arguments: ActivationFunction.allCases.filter { $0 != .glu && $0 != .sparsemax })
  func everyActivation(function: ActivationFunction) throws {
    // Multiples of 0.05, where kinks are, become odd multiples of 0.025.
    let input = Symbol.input([5, 4, 3])
    let y = Activation(function)(Rescaling(1, offset: 0.025)(input))
    try LayerContract.check(try Graph("one", inputs: [input], outputs: [y]), values: .separated, tolerance: 5e-3)
    let hasKinks: Set<ActivationFunction> = [
      .relu, .relu6, .leakyReLU, .hardSigmoid, .hardSigmoidKeras2, .hardTanh, .softShrink, .hardShrink, .sparseSigmoid,
    ]
    if !hasKinks.contains(function) {
      try LayerContract.check(Dense(7, activation: function), inputs: [5, 6], live: 17, tolerance: 0.05)
    }
  }

  @Test func activationsWithParameters() throws {
    try LayerContract.check(LeakyReLU(), inputs: [5, 4, 3], values: .separated)
    try LayerContract.check(LeakyReLU(0), inputs: [40], live: 16, values: .separated)
    try LayerContract.check(ELU(0.7), inputs: [6, 2, 3, 2], live: 17, values: .separated)
    try LayerContract.check(PReLU(), inputs: [5, 4, 3], values: .separated)
    try LayerContract.check(PReLU(sharedAxes: [1, 2]), inputs: [5, 4, 3], live: 17, values: .separated)
    try LayerContract.check(PReLU(sharedAxes: [2]), inputs: [9, 2], values: .separated)
    try LayerContract.check(ThresholdedReLU(0.325), inputs: [30], values: .separated)
  }

  @Test func parametersOfActivationsHaveTheNamesOfBothVersionsOfKeras() throws {
    for values: [String: JSONValue] in [["alpha": 0.25], ["negative_slope": 0.25], ["negative_slope": [0.25]]] {
      #expect((try LayerRegistry.layer("LeakyReLU", values) as? LeakyReLU)?.slope == 0.25)
    }
    for name in ["LeakyReLU", "ELU"] {
      #expect(throws: ImportError.self) { try LayerRegistry.layer(name, ["alpha": -1]) }
    }
    #expect(throws: ImportError.self) { try LayerRegistry.layer("LeakyReLU", ["alpha": 0.25, "slope": 0.1]) }
  }

  @Test func hardSigmoidFollowsTheVersionOfKeras() throws {
    func function(_ name: String, _ version: Int) throws -> ActivationFunction? {
      (try LayerRegistry.layer("Activation", ["activation": .string(name)], kerasVersion: version) as? Activation)?
        .activation
    }
    #expect(try function("hard_sigmoid", 1) == .hardSigmoidKeras2 && function("hard_sigmoid", 2) == .hardSigmoidKeras2)
    #expect(try function("hard_sigmoid", 3) == .hardSigmoid)
    #expect(try function("swish", 2) == .silu && function("hard_swish", 3) == .hardSilu)
    #expect(throws: ImportError.self) { try function("hard_sigmoid_keras2", 2) }
  }

  @Test func pooling() throws {
    try LayerContract.check(MaxPooling2D(), inputs: [6, 7, 3], values: .separated)
    try LayerContract.check(
      MaxPooling2D(3, strides: 2, padding: .same), inputs: [7, 6, 2], live: 18, values: .separated)
    try LayerContract.check(AveragePooling2D(), inputs: [6, 6, 5])
    try LayerContract.check(AveragePooling2D(3, strides: 1, padding: .same), inputs: [5, 4, 2])
    try LayerContract.check(GlobalAveragePooling2D(), inputs: [7, 5, 6])
    try LayerContract.check(GlobalAveragePooling2D(keepDimensions: true), inputs: [3, 3, 2])
    try LayerContract.check(GlobalMaxPooling2D(), inputs: [5, 4, 3], values: .separated)
    try LayerContract.check(GlobalMaxPooling2D(keepDimensions: true), inputs: [3, 3, 2], live: 17, values: .separated)
  }

  @Test func batchNormalization() throws {
    try LayerContract.check(BatchNormalization(), inputs: [6, 5, 4], tolerance: 5e-3)
    try LayerContract.check(BatchNormalization(epsilon: 1e-5, center: false), inputs: [9], live: 14, tolerance: 5e-3)
    try LayerContract.check(BatchNormalization(scale: false), inputs: [3, 3, 2], live: 20, tolerance: 5e-3)
  }

  @Test func shapesAndSums() throws {
    try LayerContract.check(Flatten(), inputs: [3, 4, 5])
    try LayerContract.check(Flatten(), inputs: [12])
    try LayerContract.check(ZeroPadding2D(top: 1, bottom: 0, left: 2, right: 3), inputs: [3, 4, 2])
    try LayerContract.check(Add(), inputs: [3, 4, 2], [3, 4, 2])
    try LayerContract.check(Add(), inputs: [8], [8], [8], live: 16)
    try LayerContract.check(Rescaling(1 / 127.5, offset: -1), inputs: [4, 4, 3])
    try LayerContract.check(Dropout(0.4), inputs: [5, 5, 2])
    try LayerContract.check(Dropout(0), inputs: [30], live: 2)
  }

  @Test func concatenate() throws {
    try LayerContract.check(Concatenate(), inputs: [3, 4, 2], [3, 4, 5])
    try LayerContract.check(Concatenate(axis: 3), inputs: [2, 3, 1], [2, 3, 4], [2, 3, 1], live: 17)
    try LayerContract.check(Concatenate(axis: 1), inputs: [6], [1], live: 16)
    // Planes of 4,096 bytes, which the layout spreads where there are several of them.
    try LayerContract.check(Concatenate(), inputs: [8, 8, 1], [8, 8, 2])
    #expect(throws: ShapeError.self) { try Concatenate().signature(of: [[3, 4, 2], [4, 3, 2]]) }
    try LayerContract.check(Concatenate(axis: 1), inputs: [3, 4, 2], [1, 4, 2])
    try LayerContract.check(Concatenate(axis: -2), inputs: [3, 4, 2], [3, 1, 2], live: 17)
    try LayerContract.check(Concatenate(axis: 1), inputs: [2, 3, 2, 1], [1, 3, 2, 1])
    #expect(throws: ShapeError.self) { try Concatenate(axis: 0).signature(of: [[3, 4, 2], [3, 4, 2]]) }
    #expect(throws: ShapeError.self) { try Concatenate(axis: 1).signature(of: [[3, 4, 2], [3, 4, 3]]) }
    #expect(throws: ShapeError.self) { try Concatenate().signature(of: [[3, 4, 2]]) }
  }

  /// The planner joins a padding with the convolution or the maximum behind it: the same function without the copy.
  @Test func absorbedPaddingKeepsTheContract() throws {
    let input = Symbol.input([7, 6, 3])
    let padded = ZeroPadding2D(top: 2, bottom: 1, left: 0, right: 3)(input, name: "padding")
    let convolution = Conv2D(4, kernel: 3, strides: 2)(padded)
    let graph = try Graph("convolution", inputs: [input], outputs: [convolution])
    try LayerContract.check(graph)
    try LayerContract.check(graph.choosing(among: [.lowered]))

    let maximum = MaxPooling2D(3, strides: 2)(ZeroPadding2D()(ReLU()(input), name: "padding"))
    let rectified = try Graph("maximum", inputs: [input], outputs: [maximum])
    try LayerContract.check(rectified, values: .separated)
    for (graph, border) in [(graph, true), (rectified, false)] {
      let plan = try Planner().plan(graph, lanes: 16, mode: .training)
      let step = try #require(plan.steps.first { $0.name == "padding" })
      #expect(step.outputs[0].shape == [7, 6, 3] && step.outputs[0].storage == step.inputs[0].storage)
      #expect((step.outputs[0].layout.border != .none) == border)
      #expect(try outputs(of: graph, keeping: []) == outputs(of: graph, keeping: ["padding"]))
    }
  }

  /// What a graph makes of random images, with layers whose outputs are kept and that nothing absorbs therefore.
  private func outputs(of graph: Graph, keeping: Set<String>) throws -> [[Float]] {
    var planner = Planner()
    planner.keeping = keeping
    let weights = Weights(ParameterTable(graph))
    var random = RandomStream(seed: 4, purpose: .synthesis)
    for entry in weights.table.entries {
      weights[entry].replace(with: (0..<entry.parameter.count).map { _ in random.normal() })
    }
    let network = Network(try planner.plan(graph, lanes: 16, mode: .inference), weights: weights)
    network.prepare()
    network.beginInputs()
    for lane in 0..<16 {
      network.inputs[0].setSample(lane, (0..<graph.inputShapes[0].count).map { _ in random.normal() })
    }
    network.forward()
    return (0..<16).map { network.outputs[0].sample($0) }
  }

  /// Where the padded image is wanted, read twice, or its zeros might win, the padding stays.
  @Test func paddingThatMattersIsNotAbsorbed() throws {
    let input = Symbol.input([7, 6, 3])
    let padded = ZeroPadding2D()(input, name: "padding")
    let convolution = Conv2D(4, kernel: 3)(padded)
    var planner = Planner()
    let graphs = [
      try Graph("same", inputs: [input], outputs: [Conv2D(4, kernel: 3, padding: .same)(padded)]),
      try Graph("output", inputs: [input], outputs: [convolution, padded]),
      try Graph("twice", inputs: [input], outputs: [convolution, Conv2D(2, kernel: 3)(padded)]),
      try Graph("negative", inputs: [input], outputs: [MaxPooling2D(3, strides: 2)(padded)]),
      try Graph("kept", inputs: [input], outputs: [convolution]),
    ]
    for graph in graphs {
      planner.keeping = graph.name == "kept" ? ["padding"] : []
      let plan = try planner.plan(graph, lanes: 16, mode: .inference)
      let step = try #require(plan.steps.first { $0.name == "padding" })
      #expect(step.outputs[0].shape == [9, 8, 3], "\(graph.name)")
    }
  }

  /// The planner joins a ReLU with what is before it; both orders of doing it must be the same function.
  @Test func fusedLayersKeepTheContract() throws {
    let input = Symbol.input([5, 4, 3])
    let x = ReLU()(BatchNormalization()(input))
    try LayerContract.check(try Graph("bn", inputs: [input], outputs: [x]), step: 1e-3, tolerance: 2e-2)
    let limited = ReLU(maximum: 0.8)(BatchNormalization()(input))
    try LayerContract.check(try Graph("bn", inputs: [input], outputs: [limited]), step: 1e-3, tolerance: 2e-2)
    let other = Symbol.input([5, 4, 3])
    let sum = ReLU()(Add()(input, other))
    try LayerContract.check(try Graph("add", inputs: [input, other], outputs: [sum]), step: 1e-3, tolerance: 2e-2)
  }

  @Test func aValueWithSeveralReadersSumsItsGradients() throws {
    let input = Symbol.input([4, 4, 3])
    let x = Activation(.tanh)(input)
    let y = Add()(Conv2D(3, kernel: 3, padding: .same)(x), x)
    let z = Add()(y, Add()(x, x))
    try LayerContract.check(try Graph("fan", inputs: [input], outputs: [z, y]))
  }
}

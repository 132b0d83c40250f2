import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Activations with parameters, along other axes, and in the configurations of other layers.
@Suite struct ActivationLayerTests {
  @Test func rectifiersKeepTheContract() throws {
    for layer in [
      ReLU(maximum: 0.83), ReLU(slope: 0.1), ReLU(threshold: 0.33), ReLU(maximum: 0.83, slope: 0.1, threshold: 0.07),
    ] {
      try LayerContract.check(layer, inputs: [5, 4, 3], values: .separated)
    }
    for values: [String: JSONValue] in [
      ["max_value": 0.0], ["negative_slope": -0.1], ["threshold": -1], ["max_value": "six"],
    ] {
      #expect(throws: ImportError.self) { try LayerRegistry.layer("ReLU", values) }
    }
  }

  /// Only max(0, x), cut off or not, can be computed by the layer before it.
  @Test func rectifiersWithSlopesAreNotAbsorbed() throws {
    let input = Symbol.input([3, 2])
    for (layer, isAbsorbed) in [
      (ReLU(), true), (ReLU(maximum: 2), true), (ReLU(slope: 0.1), false), (ReLU(threshold: 0.1), false),
    ] {
      let graph = try Graph("bn", inputs: [input], outputs: [layer(BatchNormalization()(input))])
      #expect(try Planner().plan(graph, lanes: 16, mode: .training).steps.last?.isView == isAbsorbed)
    }
  }

  @Test func softmaxAlongAnyAxisKeepsTheContract() throws {
    try LayerContract.check(Softmax(axes: [1]), inputs: [4, 3, 5])
    try LayerContract.check(Softmax(axes: [2]), inputs: [4, 3, 5], live: 17)
    try LayerContract.check(Softmax(axes: [3]), inputs: [4, 3, 5])
    try LayerContract.check(Softmax(axes: [1, 2]), inputs: [2, 3, 4, 2])
    try LayerContract.check(Softmax(axes: [-1, -2]), inputs: [6, 3], live: 16)
    #expect(throws: ShapeError.self) { try Softmax(axes: [4]).signature(of: [[4, 3, 5]]) }
  }

  /// The loss takes the logits below a softmax over the classes, and below no other.
  @Test func onlyASoftmaxOverTheChannelsIsTakenForTheLoss() throws {
    for (axes, shape, isLast) in [([-1], Shape(5), true), ([1], Shape(5), true), ([1], Shape(3, 5), false)] {
      let input = Symbol.input(shape)
      let graph = try Graph("end", inputs: [input], outputs: [Softmax(axes: axes)(input)])
      #expect((graph.finalActivation == .softmax) == isLast)
      let loss = Graph.Loss(name: "end", layer: SparseCategoricalCrossentropy(), outputs: [0], target: 0)
      let trained = try graph.trained(with: [loss])
      #expect((trained.nodes[1].layer is Activation) == isLast)
      #expect((trained.nodes.last?.layer as? SparseCategoricalCrossentropy)?.isOfLogits == isLast)
    }
  }

  /// Layers behind a softmax or sigmoids that hand the values on do not make logits of probabilities.
  @Test func layersThatHandValuesOnHideNoEnding() throws {
    func graph(_ shape: Shape, _ layers: any Layer...) throws -> Graph {
      let input = Symbol.input(shape)
      var value = input
      for layer in layers { value = layer(value) }
      return try Graph("end", inputs: [input], outputs: [value])
    }
    let covered = try graph(
      [2], Dense(3, activation: .softmax), Identity(), Reshape([1, 3]), Flatten(), Activation(.linear))
    #expect(covered.finalActivation == .softmax && covered.penaltyOnProbabilities == nil)
    let places = try graph([2, 2], Dense(3, activation: .softmax), Flatten())
    #expect(places.finalActivation == nil)
    #expect(try graph([2, 2], Dense(3, activation: .sigmoid), Flatten()).finalActivation == .sigmoid)
    let penalized = try graph([2], Dense(3), Softmax(), ActivityRegularization(l2: 0.1))
    #expect(penalized.finalActivation == .softmax && penalized.penaltyOnProbabilities == "activity_regularization")
    #expect(try graph([2], Dense(3), ActivityRegularization(l2: 0.1), Softmax()).penaltyOnProbabilities == nil)
    #expect(try graph([2], Dense(3, activation: .tanh), Flatten()).finalActivation == nil)
  }

  /// Keras 3 looks for a function where it is not told the module of a layer.
  @Test func activationsThatAreLayersNameTheirModule() throws {
    let written = try #require(Dense(2, activation: .function(.elu(alpha: 0.5))).kerasConfiguration()["activation"])
    #expect(written["module"] == "keras.layers" && written["class_name"] == "ELU" && written["config"]["alpha"] == 0.5)
    #expect(
      (try LayerRegistry.layer("Dense", ["units": 2, "activation": written]) as? Dense)?.activation
        == .function(.elu(alpha: 0.5)))
  }

  @Test func gluHalvesTheChannels() throws {
    try LayerContract.check(Activation(.glu), inputs: [4, 3, 6])
    try LayerContract.check(Activation(.glu), inputs: [10], live: 17)
    try LayerContract.check(Dense(8, activation: .glu), inputs: [3, 5], tolerance: 1e-2)
    #expect(try Dense(8, activation: .glu).signature(of: [[5]]).outputs == [[4]])
    #expect(throws: ShapeError.self) { try Dense(7, activation: .glu).signature(of: [[5]]) }
    #expect(throws: ImportError.self) {
      try LayerRegistry.layer("Conv2D", ["filters": 4, "kernel_size": 3, "activation": "glu"])
    }
  }

  @Test func geluApproximatedKeepsTheContract() throws {
    try LayerContract.check(Activation(.function(.geluTanh)), inputs: [4, 3, 6])
  }

  @Test func denseAppliesToTheLastAxis() throws {
    try LayerContract.check(Dense(4), inputs: [3, 2, 5], live: 17)
    try LayerContract.check(Dense(3, activation: .tanh, usesBias: false), inputs: [2, 3, 2, 4], tolerance: 1e-2)
    // The input and the output have borders that the convolutions want.
    let input = Symbol.input([4, 5, 3])
    let x = Conv2D(4, kernel: 3, padding: .same)(Dense(5)(Conv2D(3, kernel: 3, padding: .same)(input)))
    try LayerContract.check(try Graph("rows", inputs: [input], outputs: [x]), tolerance: 1e-2)
    let y = Conv2D(2, kernel: 3, padding: .same)(Add()(Dense(3)(input), input))
    try LayerContract.check(try Graph("sum", inputs: [input], outputs: [y]), tolerance: 1e-2)
  }

  /// As Keras writes functions with parameters: a layer, or an object around a name.
  @Test func activationsMayBeObjects() throws {
    func object(_ name: String, _ config: JSONValue) -> JSONValue {
      .object(["class_name": .string(name), "config": config])
    }
    let known: [(JSONValue, ActivationFunction)] = [
      (object("function", "swish"), .silu), (object("ReLU", .object([:])), .relu),
      (object("LeakyReLU", .object(["negative_slope": 0.25])), .function(.leakyReLU(slope: 0.25))),
      (object("ELU", .object(["alpha": 0.5])), .function(.elu(alpha: 0.5))),
      (object("Softmax", .object(["axis": -1])), .softmax),
      (object("Activation", .object(["activation": "tanh"])), .tanh),
      (
        object("ReLU", .object(["max_value": 2.0, "negative_slope": 0.5])),
        .function(.rectifier(slope: 0.5, threshold: 0, maximum: 2))
      ),
      (object("Gelu", .object(["approximate": true])), .function(.geluTanh)),
    ]
    for (value, function) in known {
      let layer = try LayerRegistry.layer("Dense", ["units": 3, "activation": value])
      #expect((layer as? Dense)?.activation == function)
      let copy = try LayerRegistry.layer("Dense", layer.kerasConfiguration())
      #expect((copy as? Dense)?.activation == function)
    }
    for value in [object("PReLU", .object([:])), object("function", "swirl"), object("Softmax", .object(["axis": 1]))] {
      #expect(throws: ImportError.self) { try LayerRegistry.layer("Dense", ["units": 3, "activation": value]) }
    }
    try LayerContract.check(Dense(4, activation: .function(.leakyReLU(slope: 0.3))), inputs: [5], tolerance: 0.05)
  }
}

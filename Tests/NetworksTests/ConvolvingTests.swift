import Kernels
import Networks
import Tensors
import Testing

/// Classifiers whose layers for the whole image have become convolutions.
@Suite struct ConvolvingTests {
  /// LeNet-5 for images of 32x32, as in its paper, without padding.
  private static func leNet5() throws -> Graph {
    try Sequential("lenet5", input: [32, 32, 1]) {
      Conv2D(6, kernel: 5, activation: .tanh)
      AveragePooling2D()
      Conv2D(16, kernel: 5, activation: .tanh)
      AveragePooling2D()
      Flatten()
      Dense(120, activation: .tanh)
      Dropout(0.5)
      Dense(84, activation: .tanh)
      Dense(10, activation: .softmax)
    }.graph()
  }

  /// Blocks of VGG of few channels, without padding.
  private static func vgg() throws -> Graph {
    try Sequential("vgg", input: [28, 36, 3]) {
      Conv2D(4, kernel: 3, activation: .relu)
      Conv2D(4, kernel: 3, activation: .relu)
      MaxPooling2D()
      Conv2D(6, kernel: 3, activation: .relu)
      Conv2D(6, kernel: 3, activation: .relu)
      MaxPooling2D()
      Flatten()
      Dense(12, activation: .relu)
      BatchNormalization()
      Dense(5)
    }.graph()
  }

  /// Strides and overlapping pooling as in AlexNet; dropout between the map and the dense layer.
  private static func alexNet() throws -> Graph {
    try Sequential("alexnet", input: [67, 67, 3]) {
      Conv2D(8, kernel: 11, strides: 4, activation: .relu)
      LocalResponseNormalization(radius: 2, bias: 2, alpha: 1e-4, beta: 0.75)
      MaxPooling2D(3, strides: 2)
      Conv2D(12, kernel: 3, groups: 2, activation: .relu)
      MaxPooling2D(3, strides: 2)
      Flatten()
      Dropout(0.5)
      Dense(16, activation: .relu)
      Dense(4, activation: .softmax)
    }.graph()
  }

  /// Branches, a mean instead of a flattened map, two outputs.
  private static func branched() throws -> Graph {
    let start = Symbol.input([21, 23, 2])
    let x = ReLU()(BatchNormalization()(Conv2D(4, kernel: 3, strides: 2)(start)))
    let sides = [
      Conv2D(4, kernel: 3, activation: .tanh)(x), Cropping2D(top: 1, bottom: 1, left: 1, right: 1)(x),
    ]
    let sum = Add()(sides)
    let mean = Dense(3, activation: .softmax)(GlobalAveragePooling2D()(sum), name: "mean")
    let largest = Dense(2, activation: .sigmoid)(
      Concatenate()(GlobalMaxPooling2D()(sum), Flatten()(GlobalAveragePooling2D(keepDimensions: true)(sum))))
    return try Graph("branched", inputs: [start], outputs: [mean, largest])
  }

  /// A convolutional part as a model inside the model.
  private static func nested() throws -> Graph {
    let start = Symbol.input([18, 18, 2])
    let features = Sequential("features", input: [18, 18, 2]) {
      Conv2D(4, kernel: 3, activation: .relu).named("first")
      MaxPooling2D()
      Flatten()
    }
    let x = Dense(7, activation: .relu)(features(start), name: "hidden")
    return try Graph("nested", inputs: [start], outputs: [Dense(3)(x, name: "classes")])
  }

  static let models: [(name: String, graph: @Sendable () throws -> Graph)] = [
    ("lenet5", leNet5), ("vgg", vgg), ("alexnet", alexNet), ("branched", branched), ("nested", nested),
  ]

  private func weights(_ graph: Graph) -> Weights {
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 4)
    var random = RandomStream(seed: 6, purpose: .synthesis)
    for entry in weights.table.entries where entry.parameter.shape.count == 1 {
      for index in 0..<entry.parameter.count { weights[entry][index] += abs(random.normal()) / 5 }
    }
    return weights
  }

  private func run(_ graph: Graph, _ weights: Weights, _ image: [Float]) throws -> [[Float]] {
    try Inference(graph, weights: Weights(ParameterTable(graph), sharing: weights)).run([image]).outputs
  }

  private func window(_ image: [Float], _ shape: Shape, top: Int, left: Int, _ size: Shape) -> [Float] {
    (0..<size.height).flatMap { row -> ArraySlice<Float> in
      let start = ((top + row) * shape.width + left) * shape.channels
      return image[start..<start + size.width * size.channels]
    }
  }

  /// Every cell of the map is what the classifier says of its window; and, bit by bit, what the convolved network says
  /// of it, whose sums run in the same order.
  @Test(arguments: models.map(\.name)) func theMapIsThatOfTheSlidingWindow(name: String) throws {
    let graph = try #require(ConvolvingTests.models.first { $0.name == name }).graph()
    let convolved = try graph.convolving()
    let (old, size, step) = (weights(graph), graph.inputShapes[0], convolved.strides)
    let weights = Weights(ParameterTable(convolved.graph))
    weights.copyByPath(from: old)
    #expect(convolved.padding.isEmpty && convolved.graph.hasOpenSizes)
    // Not a whole number of steps larger.
    let larger = Shape(size.height + 2 * step[0] + step[0] / 2, size.width + step[1], size.channels)
    var random = RandomStream(seed: 8, purpose: .synthesis)
    let image = (0..<larger.count).map { _ in random.normal() }
    let whole = try convolved.graph.resized(to: larger)
    let maps = try run(whole, weights, image)
    for (output, shape) in whole.outputShapes.enumerated() {
      #expect(shape == [3, 2, graph.outputShapes[output].channels])
      for row in 0..<3 {
        for column in 0..<2 {
          let part = window(image, larger, top: row * step[0], left: column * step[1], size)
          let cell = maps[output][(row * 2 + column) * shape.channels..<(row * 2 + column + 1) * shape.channels]
          let classified = try run(graph, old, part)[output]
          let scale = classified.map(abs).max()!
          for (value, wanted) in zip(cell, classified) { #expect(abs(value - wanted) <= 2e-6 * scale) }
          #expect(try Array(cell) == run(convolved.graph, weights, part)[output], "\(name), window \(row), \(column)")
        }
      }
    }
  }

  /// A classifier with padding is the same for an image of its own size; the layers that pad are named.
  @Test(arguments: [("lenet5", 1), ("conv16-pool-conv32-pool-dense128-dense10", 2), ("resnet8", 7), ("vgg16", 13)])
  func paddingIsNamed(name: String, count: Int) throws {
    let usual: Shape = name == "lenet5" ? [28, 28, 1] : [32, 32, 3]
    let graph = try Models.make(name, input: usual, classes: 10)
    let convolved = try graph.convolving()
    #expect(convolved.padding.count == count && convolved.graph.outputShapes == [[1, 1, 10]])
    guard name != "vgg16" else { return }
    let old = weights(graph)
    let weights = Weights(ParameterTable(convolved.graph))
    weights.copyByPath(from: old)
    var random = RandomStream(seed: 8, purpose: .synthesis)
    let image = (0..<usual.count).map { _ in random.normal() }
    for (value, wanted) in zip(try run(convolved.graph, weights, image)[0], try run(graph, old, image)[0]) {
      #expect(abs(value - wanted) <= 1e-5)
    }
  }

  @Test func layersOfTheWholeMapAreRefused() throws {
    let refused: [(String, Graph)] = [
      ("joins what is made of the whole image", try Models.make("se_resnet18", input: [64, 64, 3], classes: 3)),
      (
        "reads the (4, 4, 2) in one row",
        try Sequential("m", input: [6, 6, 1]) {
          Conv2D(2, kernel: 3)
          Flatten()
          BatchNormalization()
          Dense(3)
        }.graph()
      ),
      (
        "takes all of the map of (4, 4, 2) together",
        try Sequential("m", input: [6, 6, 1]) {
          Conv2D(2, kernel: 3)
          GroupNormalization(groups: 1)
          Flatten()
          Dense(3)
        }.graph()
      ),
      ("is the end of the network", try Sequential("m", input: [6, 6, 1]) { Flatten() }.graph()),
      ("has no layer for the whole image", try Sequential("m", input: [6, 6, 1]) { Conv2D(2, kernel: 3) }.graph()),
      ("has inputs of shape (5,)", try Sequential("m", input: [5]) { Dense(3) }.graph()),
    ]
    for (sentence, graph) in refused {
      let error = #expect(throws: ShapeError.self) { try graph.convolving() }
      #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
    }
  }

  /// A plan for each shape; the ones that were used last are kept.
  @Test func networksForSeveralSizesShareTheirWeights() throws {
    let graph = try ConvolvingTests.leNet5().convolving().graph
    let weights = weights(graph)
    let networks = SizedNetworks(graph, weights: weights, most: 2)
    var planned: [Shape] = []
    func network(_ shape: Shape) throws -> Network {
      try networks.network(for: shape) { planned.append($0.inputs[0].shape) }
    }
    for side in [32, 40, 32, 36, 32, 40] {
      let found = try network([side, side, 1])
      #expect(found.outputs[0].shape.height == (side - 32) / 4 + 1)
      #expect(found.weights.trainable.isSame(as: weights.trainable))
    }
    #expect(planned.map(\.height) == [32, 40, 36, 40] && networks.shapes.map(\.height) == [32, 40])
    #expect(throws: ShapeError.self) { try network([20, 40, 1]) }
    // What is not cut serves any number of images.
    for images in [1, 5, 16] { _ = try networks.network(for: [40, 40, 1], images: images) { _ in planned.append([]) } }
    #expect(planned.count == 4)
    let flat = try ConvolvingTests.leNet5()
    #expect(throws: ShapeError.self) { try flat.resized(to: [36, 36, 1]) }
  }
}

extension Buffer {
  fileprivate func isSame(as other: Buffer) -> Bool {
    let first = self[0]
    self[0] = first + 1
    defer { self[0] = first }
    return other[0] == first + 1
  }
}

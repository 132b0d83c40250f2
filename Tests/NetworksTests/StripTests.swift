import Kernels
import Networks
import Tensors
import Testing

/// Images in strips: the same numbers as whole ones.
@Suite struct StripTests {
  static let cuts = [Strips(.rows, count: 2), Strips(.rows, count: 4), Strips(.columns, count: 3)]

  /// Layers in any order that fits, of which some cannot run on strips.
  ///
  /// - Parameter isExact: whether only layers are taken that make whole numbers of whole numbers.
  private static func randomGraph(_ seed: Int, isExact: Bool) throws -> Graph {
    var random = RandomStream(seed: 9, purpose: .synthesis, item: seed)
    let input = Symbol.input([24, 24, 3])
    var values = [input]
    func filters() -> Int { [1, 3, 16][random.integer(below: 3)] }
    while values.count < 11 {
      let x = values[max(0, values.count - 1 - random.integer(below: 3))]
      let others = values.filter { $0.shape!.dimensions.dropLast() == x.shape!.dimensions.dropLast() }
      let other = others[random.integer(below: others.count)]
      guard let height = x.shape?.height, height >= 3 else { continue }
      var layers: [any Layer] = [
        Conv2D(filters(), kernel: 3, padding: .same), Conv2D(filters(), kernel: 3, strides: 2, padding: .same),
        Conv2D(filters(), kernel: 5, padding: .same), Conv2D(filters(), kernel: 1, strides: 2),
        Conv2D(filters(), kernel: 3, padding: .same, dilation: 2), Conv2D(filters(), kernel: 3),
        Conv2D(filters(), kernel: 2, padding: .same, activation: .relu),
        DepthwiseConv2D(kernel: [3, 3], padding: .same),
        DepthwiseConv2D(kernel: [5, 3], strides: [2, 2], padding: .same),
        MaxPooling2D(2), MaxPooling2D(3, strides: 2, padding: .same), MaxPooling2D(3, strides: 1, padding: .same),
        UpSampling2D(2), ReLU(), Conv2DTranspose(filters(), kernel: [2, 2], strides: [2, 2]),
        Conv2DTranspose(filters(), kernel: [3, 3], strides: [2, 2], padding: .same), AveragePooling2D(2),
        ZeroPadding2D(top: 1, bottom: 2, left: 0, right: 0), Cropping2D(left: 1, right: 1), PReLU(sharedAxes: [1, 2]),
      ]
      if !isExact {
        layers += [
          BatchNormalization(), Activation(.tanh), Softmax(), Activation(.silu), GroupNormalization(groups: 1),
          AveragePooling2D(3, strides: 1, padding: .same), BatchNormalization(),
        ]
      }
      let choice = random.integer(below: layers.count + 4)
      guard height < 40 || !(choice < layers.count && layers[choice] is UpSampling2D) else { continue }
      switch choice {
      case layers.count: values.append(Concatenate()(x, other))
      case layers.count + 1 where x.shape == other.shape: values.append(Add()(x, other))
      case layers.count + 2: values.append(ReLU()(Conv2D(8, kernel: 3, padding: .same)(x)))
      case 0..<layers.count: values.append(layers[choice](x))
      default: continue
      }
    }
    return try Graph("random \(seed)", inputs: [input], outputs: Array(values.suffix(2)))
  }

  /// Sums of whole numbers have no rounding, in whichever order.
  @Test(arguments: 0..<16)
  func everyNumberIsTheSame(seed: Int) throws {
    let graph = try StripTests.randomGraph(seed, isExact: true).choosing(among: [seed % 2 == 0 ? .direct : .lowered])
    let whole = try StripRun(graph, strips: nil, live: 3, isExact: true)
    for strips in StripTests.cuts {
      let cut = try StripRun(graph, strips: strips, live: 3, isExact: true)
      for (own, wanted) in zip(cut.values, whole.values) {
        #expect(own.numbers == wanted.numbers, "\(own.name) with \(strips.count) strips of \(strips.axis)")
      }
    }
  }

  /// All algorithms, and layers that look at each image as a whole, or at all of them.
  @Test(arguments: 0..<10)
  func numbersAreTheSameButForRounding(seed: Int) throws {
    let graph = try StripTests.randomGraph(100 + seed, isExact: false)
    for mode in [Mode.training, .inference] {
      let whole = try StripRun(graph, strips: nil, live: 3, mode: mode)
      let cut = try StripRun(graph, strips: StripTests.cuts[seed % 3], live: 3, mode: mode)
      for (name, difference) in cut.differences(from: whole) { #expect(difference < 2e-4, "\(name), \(mode)") }
    }
  }

  /// Prediction of few large images: cut into strips, with layers that are kept, and more images than run at once.
  @Test(arguments: [1, 2, 3, 7, 16]) func inferenceOfFewLargeImages(_ images: Int) throws {
    let graph = try Models.make("unet", input: [96, 128, 3], classes: 5)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    var random = RandomStream(seed: 4, purpose: .synthesis)
    let count = images + 1
    let samples = (0..<count * 96 * 128 * 3).map { _ in random.normal() }
    let name = graph.nodes[graph.nodes.count / 2].name
    func run(_ strips: Strips?, _ images: Int?) throws -> (Inference.Results, Plan) {
      var planner = Planner()
      (planner.keeping, planner.images, planner.strips) = ([name], images, strips)
      let plan = try planner.plan(graph, lanes: 16, mode: .inference)
      return (Inference(plan, weights: weights).run([samples]), plan)
    }
    let (whole, _) = try run(nil, nil)
    let (cut, plan) = try run(nil, images)
    #expect((plan.strips > 1) == (images <= 7) && plan.mostImages >= images)
    for (own, wanted) in [(cut.outputs[0], whole.outputs[0]), (cut.kept[name]!, whole.kept[name]!)] {
      #expect(own.count == wanted.count)
      let size = wanted.reduce(0) { max($0, abs($1)) }
      #expect(zip(own, wanted).allSatisfy { abs($0 - $1) <= 2e-5 * size })
    }
    let sized = try SizedNetworks(graph, weights: weights).network(for: [96, 128, 3], images: images)
    #expect(sized.plan.strips == plan.strips)
  }

  /// Networks of their own kind: dilation, skips, squeeze and excitation, poolings of 3 x 3, enlarging.
  ///
  /// Where a number is close to the kink of a rectifier, rounding decides whether a gradient passes: they are smooth
  /// here.
  @Test(
    arguments: [
      ("unet", [64, 48, 3]), ("unet-3-5", [52, 72, 1]), ("lraspp_mobilenet_v3_large", [64, 64, 3]),
      ("unet:resnet18", [64, 64, 3]), ("mobilenet_v2", [64, 64, 3]), ("resnet18", [64, 64, 3]),
    ] as [(String, Shape)])
  func networksGiveTheSame(name: String, input: Shape) throws {
    let graph = try Models.make(name, input: input, classes: 3).smooth()
    let whole = try StripRun(graph, strips: nil, live: 2)
    let cut = try StripRun(graph, strips: Strips(.rows, count: 4), live: 2)
    #expect(cut.plan.strips == 4 && cut.plan.arenaCount < whole.plan.arenaCount)
    for (name, difference) in cut.differences(from: whole) { #expect(difference < 5e-4, "\(name)") }
  }

  /// What is kept, computed again, or put in its place from the start.
  @Test(arguments: 0..<6)
  func memoryDoesNotChangeABit(seed: Int) throws {
    let graph =
      seed == 0
      ? try Models.make("unet-3-8", input: [48, 40, 3], classes: 4)
      : try StripTests.randomGraph(200 + seed, isExact: false)
    let strips = seed == 0 ? Strips(.rows, count: 2) : StripTests.cuts[seed % 3]
    let fast = try StripRun(graph, strips: strips, live: 4)
    for memory in [MemoryUse.balanced, .small] {
      let other = try StripRun(graph, strips: strips, live: 4, memory: memory)
      for (own, wanted) in zip(other.values, fast.values) {
        #expect(own.numbers == wanted.numbers, "\(own.name), \(memory)")
      }
    }
  }

  /// Only few large images are cut, by their shapes alone.
  @Test(
    arguments: [
      ("unet", [180, 240, 3], 2, 8), ("unet", [180, 240, 3], 4, 4), ("unet", [180, 240, 3], 9, 1),
      ("unet", [180, 240, 3], 16, 1), ("resnet20", [32, 32, 3], 2, 1), ("lenet5", [28, 28, 1], 1, 1),
    ] as [(String, Shape, Int, Int)])
  func fewLargeImagesAreCut(name: String, input: Shape, images: Int, strips: Int) throws {
    let graph = try Models.make(name, input: input, classes: 11)
    for (mode, memory) in [(Mode.training, MemoryUse.fast), (.training, .small), (.inference, .balanced)] {
      var planner = Planner()
      (planner.images, planner.memory) = (images, memory)
      #expect(try planner.plan(graph, lanes: 16, mode: mode).strips == strips)
    }
  }
}

extension Graph {
  /// The same network with tanh for every rectifier.
  fileprivate func smooth() throws -> Graph {
    var result = Graph(name: name, isSequential: isSequential)
    for node in nodes {
      let isRectifier =
        switch node.layer {
        case is ReLU: true
        case let layer as Activation: [.relu, .relu6, .hardSilu, .hardSigmoid].contains(layer.activation)
        default: false
        }
      try result.append(
        isRectifier ? Activation(.tanh) : node.layer, named: node.name, inputs: node.inputs, role: node.role)
    }
    result.setOutputs(outputs)
    return result
  }
}

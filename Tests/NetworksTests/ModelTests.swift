import Kernels
import Networks
import Tensors
import TestSupport
import Testing

@Suite struct ModelTests {
  @Test func modelsHaveTheirPublishedSizes() throws {
    #expect(try Models.make("lenet5", input: [28, 28, 1], classes: 10).parameterCount == 61_706)
    let small = try Models.make("conv16-pool-conv32-pool-dense128-dense10", input: [32, 32, 3], classes: 10)
    #expect(small.parameterCount == 268_650)
    let resnet = try Models.make("resnet20", input: [32, 32, 3], classes: 10)
    let trainable = ParameterTable(resnet).entries.filter { $0.parameter.kind == .trainable }.reduce(0) {
      $0 + $1.parameter.count
    }
    // The peer's ResNet-20, with projections: `sum(p.numel() for p in resnet20().parameters())`.
    #expect(trainable == 272_474)
    #expect(throws: ShapeError.self) { try Models.make("resnet21", input: [32, 32, 3], classes: 10) }
  }

  /// The figures of `sum(p.numel() for p in m.parameters())` and, but for the counters of batches,
  /// `sum(b.numel() for b in m.buffers() if b.dim() > 0)` for `m = torchvision.models.NAME(weights=None)`.
  @Test(arguments: [
    ("resnet18", 11_689_512, 9_600), ("resnet34", 21_797_672, 17_024), ("resnet50", 25_557_032, 53_120),
    ("resnet101", 44_549_160, 105_344), ("resnet152", 60_192_808, 151_424), ("vgg16", 138_357_544, 0),
    ("alexnet", 61_100_840, 0), ("squeezenet1_1", 1_235_496, 0), ("squeezenet", 1_235_496, 0),
    ("mobilenet_v2", 3_504_872, 34_112),
    ("densenet121", 7_978_856, 83_648), ("densenet169", 14_149_480, 158_400), ("densenet201", 20_013_928, 229_056),
    ("vgg19", 143_667_240, 0), ("squeezenet1_0", 1_248_424, 0), ("googlenet", 6_624_904, 14_560),
    ("efficientnet_b0", 5_288_548, 42_016),
    ("tf_efficientnet_b0", 5_288_548, 42_016), ("timm_efficientnet_b5", 30_389_784, 172_736),
    ("efficientnet_b4", 19_341_616, 125_200),
  ])
  func imageNetModelsHaveTorchvisionsSizes(name: String, trainable: Int, states: Int) throws {
    let graph = try Models.make(name, input: Models.usualInput(of: name), classes: Models.usualClasses(of: name))
    let entries = ParameterTable(graph).entries
    func count(_ kind: Parameter.Kind) -> Int {
      entries.filter { $0.parameter.kind == kind }.reduce(0) { $0 + $1.parameter.count }
    }
    #expect(count(.trainable) == trainable && count(.moved) == states)
    #expect(graph.outputShapes == [[1000]] && Models.names.contains(name))
  }

  /// Caffe's `bvlc_alexnet` and `bvlc_googlenet` (without its auxiliary classifiers), timm's `seresnet18`, `34`,
  /// `50`, `101` and `152`, and github.com/xternalz/WideResNet-pytorch: trainable numbers.
  @Test(arguments: [
    ("alexnet2012", 60_965_224), ("inception_v1", 6_998_552), ("se_resnet18", 11_779_624), ("se_resnet34", 21_960_416),
    ("se_resnet50", 28_088_024), ("se_resnet101", 49_326_872), ("se_resnet152", 66_821_848),
    ("wrn-28-10", 36_479_194), ("wrn-16-4", 2_748_890), ("wrn-40-2", 2_243_546),
  ])
  func otherModelsHaveTheirPublishedSizes(name: String, trainable: Int) throws {
    let design = try #require(Models.design(named: name))
    let entries = ParameterTable(try design.graph(design.input, design.classes)).entries
    #expect(entries.filter { $0.parameter.kind == .trainable }.reduce(0) { $0 + $1.parameter.count } == trainable)
  }

  /// Keras's modes: of its own networks, and of torchvision's.
  @Test func preprocessingIsKnown() {
    let known: [(String, ImagePreprocessing?)] = [
      ("keras:vgg16", .caffe), ("keras:resnet50", .caffe), ("keras:resnet50v2", .tf), ("keras:xception", .tf),
      ("keras:densenet121", .torch), ("keras:efficientnetb0", ImagePreprocessing.none), ("resnet50", .torch),
      ("resnet20", nil), ("wrn-10-1", nil),
    ]
    for (name, mode) in known { #expect(Models.design(named: name)?.preprocessing == mode, "\(name)") }
    #expect(Models.designs.allSatisfy { ($0.preprocessing == nil) == ($0.classes < 20) })
    #expect(Models.design(named: "wrn-11-1") == nil && Models.design(named: "resnet9") == nil)
  }

  /// Multiplications of one image in convolutions and dense layers, counted with hooks over torchvision's modules:
  /// for `Conv2d` `y.numel() * m.weight[0].numel()`, for `Linear` `m.weight.numel()`.
  @Test(arguments: [
    ("resnet18", 1_814_073_344), ("resnet34", 3_663_761_408), ("resnet50", 4_089_184_256),
    ("resnet101", 7_801_405_440), ("resnet152", 11_513_626_624), ("vgg16", 15_470_264_320), ("alexnet", 714_188_480),
    ("squeezenet1_1", 349_151_936), ("mobilenet_v2", 300_774_272), ("densenet121", 2_834_161_664),
  ])
  func imageNetModelsMultiplyAsOften(name: String, multiplications: Int) throws {
    let graph = try Models.make(name, input: Models.usualInput(of: name), classes: 1000)
    let layers = graph.nodes.filter { $0.layer is Conv2D || $0.layer is DepthwiseConv2D || $0.layer is Dense }
    #expect(layers.reduce(0) { $0 + $1.signature.multiplications } == multiplications)
  }

  /// Residual connections and branches with NaN in every buffer outside of its lifetime, for odd and even sizes.
  @Test(arguments: [
    ("resnet18", 33), ("resnet50", 33), ("squeezenet1_1", 38), ("mobilenet_v2", 33), ("densenet121", 33),
    ("se_resnet18", 33), ("googlenet", 33), ("inception_v1", 66), ("wrn-10-1", 33),
  ])
  func imageNetModelsUseMemoryAsPlanned(name: String, size: Int) throws {
    try LayerContract.checkMemory(try Models.make(name, input: [size, size - 1, 3], classes: 4), live: 3)
  }

  /// A depth that the ImageNet paper has is the large network; the others of 6n + 2 are for small images.
  @Test func depthsTellTheFamiliesApart() throws {
    let large = try Models.make("resnet50", input: [32, 32, 3], classes: 10)
    let small = try Models.make("resnet44", input: [32, 32, 3], classes: 10)
    #expect(large.nodes.contains { ($0.layer as? Conv2D)?.window.kernel == [7, 7] })
    #expect(small.nodes.count { $0.layer is Conv2D } == 43 + 2 && small.nodes.contains { $0.layer is Dense })
    #expect(Models.usualInput(of: "resnet44") == [32, 32, 3] && Models.usualClasses(of: "resnet44") == 10)
  }

  /// Whole models against finite differences, with NaN in every buffer outside of its lifetime.
  @Test func leNet5() throws {
    try LayerContract.check(
      try Models.make("lenet5", input: [28, 28, 1], classes: 10), live: 3, step: 2e-3, tolerance: 1e-2)
  }

  /// A small step still crosses some of the thousands of kinks of a ReLU network, which costs a few per cent; the
  /// smooth twin, wired in the same way, must agree closely.
  @Test(arguments: ["resnet8", "resnet20", "conv16-pool-conv32-pool-dense128-dense10"])
  func networksWithKinks(name: String) throws {
    let graph = try Models.make(name, input: [8, 8, 3], classes: 5)
    try LayerContract.check(graph, live: 6, step: 5e-4, tolerance: 0.3)
    try LayerContract.check(try graph.smoothed(), live: 6, step: 2e-4, tolerance: 2e-2)
  }
}

extension Graph {
  /// The same graph with tanh in place of ReLU and averages in place of maxima.
  fileprivate func smoothed() throws -> Graph {
    var result = Graph(name: name)
    for node in nodes {
      let layer: any Layer =
        switch node.layer {
        case is ReLU: Activation(.tanh)
        case is MaxPooling2D: AveragePooling2D()
        case let layer as Conv2D where layer.activation == .relu:
          Conv2D(layer.filters, kernel: layer.window.kernel, padding: layer.window.padding, activation: .tanh)
        case let layer as Dense where layer.activation == .relu: Dense(layer.units, activation: .tanh)
        default: node.layer
        }
      try result.append(layer, named: node.name, inputs: node.inputs)
    }
    result.setOutputs(outputs)
    return result
  }
}

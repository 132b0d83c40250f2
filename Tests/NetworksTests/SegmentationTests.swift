import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Networks that give every pixel a class.
@Suite struct SegmentationTests {
  static let names = Models.names.filter { name in
    ["unet", "fcn", "deeplabv3", "lraspp"].contains { name.hasPrefix($0) }
  }

  /// The figures of `sum(p.numel() for p in m.parameters())` of `torchvision.models.segmentation.NAME(weights=None)`,
  /// of the recipe's U-Net, and of VGG-16 with convolutions of 7x7x512x4096 and 4096x4096, and the scores.
  @Test(arguments: [
    ("unet", 1_226_475), ("unet-4-8", 307_387), ("fcn_resnet50", 32_957_013), ("fcn_resnet101", 51_949_141),
    ("deeplabv3_resnet50", 39_638_869), ("deeplabv3_resnet101", 58_630_997),
    ("deeplabv3_mobilenet_v3_large", 11_025_477), ("lraspp_mobilenet_v3_large", 3_221_538),
    ("mobilenet_v3_large", 5_483_032), ("fcn32s", 134_346_581), ("fcn16s", 134_357_354), ("fcn8s", 134_362_751),
  ])
  func networksHaveTheirPublishedSizes(name: String, trainable: Int) throws {
    let graph = try Models.make(name, input: Models.usualInput(of: name), classes: Models.usualClasses(of: name))
    let entries = ParameterTable(graph).entries
    #expect(entries.filter { $0.parameter.kind == .trainable }.reduce(0) { $0 + $1.parameter.count } == trainable)
  }

  /// A map of classes as large as the image, of any size that leaves a cell at the bottom.
  @Test(arguments: names + ["unet-3-5"], [[64, 64, 3], [97, 130, 1], [180, 240, 3]] as [Shape])
  func outputsHaveTheSizeOfTheImage(name: String, input: Shape) throws {
    let graph = try Models.make(name, input: input, classes: 5)
    #expect(graph.outputShapes == [input.with(channels: 5)] && graph.finalActivation == .softmax)
    #expect(graph.endingInLogits.finalActivation == .linear)
  }

  /// Every network that classifies images is an encoder, of even and odd sizes.
  @Test(
    arguments: Models.designs.filter { !names.contains($0.name) }.map(\.name), SegmentationDecoder.allCases)
  func everyNetworkIsABackbone(name: String, decoder: SegmentationDecoder) throws {
    let usual = Models.usualInput(of: name)
    for input in usual.height > 32 ? [usual, usual.with(height: usual.height - 31)] : [usual] {
      let graph: Graph
      do { graph = try Models.make(name, input: input, classes: 4) } catch { continue }
      let features = try #require(graph.features)
      let task = try graph.segmenting(behind: features, classes: 3, by: decoder)
      #expect(task.graph.outputShapes == [input.with(channels: 3)])
      // Before a global pooling, where that keeps the axes.
      let isPooled = graph.shape(features).height == 1
      #expect(isPooled || task.graph.nodes[task.features.node].name == graph.nodes[features.node].name)
      #expect(usual.height < 200 || task.graph.shape(task.features).height > 1)
      #expect(task.graph.finalActivation == .softmax && task.graph.nodes.last?.name == "mask_output")
    }
  }

  /// What is joined on the way up: the last value of each resolution through which everything goes.
  @Test(arguments: [
    ("resnet50", [112, 56, 28, 14, 7], [64, 256, 512, 1024, 2048]),
    ("vgg16", [224, 112, 56, 28, 14, 7], [64, 128, 256, 512, 512, 512]),
    ("mobilenet_v2", [112, 56, 28, 14, 7], [96, 144, 192, 576, 1280]),
    ("keras:resnet50", [112, 56, 28, 14, 7], [64, 256, 512, 1024, 2048]),
    ("keras:mobilenetv3large", [112, 56, 28, 14, 7], [64, 72, 240, 672, 960]),
    ("densenet121", [112, 56, 28, 14, 7], [64, 128, 256, 512, 1024]),
    ("keras:inceptionv3", [147, 71, 35, 17, 8], [64, 192, 288, 768, 2048]),
    ("keras:efficientnetb0", [112, 56, 28, 14, 7], [96, 144, 240, 672, 1280]),
    ("resnet20", [32, 16, 8], [16, 32, 64]),
  ])
  func skipsAreTheLastValuesOfEachResolution(name: String, heights: [Int], channels: [Int]) throws {
    let graph = try Models.make(name, input: Models.usualInput(of: name), classes: 10)
    let skips = graph.skipConnections(before: graph.places(behind: try #require(graph.features)))
    #expect(skips.map { graph.shape($0).height } == heights && skips.map { graph.shape($0).channels } == channels)
  }

  @Test(
    arguments: ["unet-2-3", "unet:resnet8", "deeplabv3:resnet8", "fcn:resnet8"], [[12, 8, 3], [11, 9, 3]] as [Shape])
  func memoryIsUsedAsPlanned(name: String, input: Shape) throws {
    try LayerContract.checkMemory(try Models.make(name, input: input, classes: 3), live: 3)
  }

  @Test(arguments: ["lraspp_mobilenet_v3_large", "deeplabv3_mobilenet_v3_large"])
  func largeNetworksUseMemoryAsPlanned(name: String) throws {
    try LayerContract.checkMemory(try Models.make(name, input: [33, 47, 3], classes: 3), live: 3)
  }

  /// Against finite differences, with bilinear enlarging of feature maps and atrous kernels, full and depthwise.
  @Test func gradientsAreRight() throws {
    let start = Symbol.input([7, 6, 2])
    var x = Activation(.tanh)(Conv2D(3, kernel: 3, strides: 2, padding: .same)(start))
    x = DepthwiseConv2D(kernel: [3, 3], padding: .same, dilation: [2, 2])(x)
    x = Conv2D(2, kernel: 3, padding: .same, dilation: 3)(Activation(.tanh)(x))
    x = Add()(
      Resizing(height: 7, width: 6)(x),
      UpSampling2D(size: [7, 6], interpolation: .bilinear)(
        Conv2D(2, kernel: 1)(GlobalAveragePooling2D(keepDimensions: true)(x))))
    try LayerContract.check(try Graph("m", inputs: [start], outputs: [Activation(.softmax)(x)]), live: 3)
  }

  @Test func aClassAndABoxArePredicted() throws {
    let graph = try Models.make("keras:mobilenetv2", input: [64, 64, 3], classes: 10)
    let task = try graph.localizing(behind: try #require(graph.features), classes: 3)
    #expect(task.graph.outputShapes == [[3], [4]])
    #expect(task.graph.outputs.map { task.graph.nodes[$0.node].name } == ["class_output", "box_output"])
    let deep = try graph.localizing(
      behind: try #require(graph.features), classes: 3,
      layers: [(Flatten(), "flat"), (Dense(8, activation: .relu), "d")])
    #expect(deep.graph.outputShapes == [[3], [4]] && deep.graph.index(named: "d") != nil)
    #expect(throws: ShapeError.self) {
      try graph.localizing(behind: try #require(graph.features), classes: 3, layers: [])
    }
  }

  @Test func featuresWithoutPlacesAreRefused() throws {
    let graph = try Models.make("lenet5", input: [28, 28, 1], classes: 10)
    let flat = try #require(graph.value(named: "dense"))
    let error = #expect(throws: ShapeError.self) { try graph.segmenting(behind: flat, classes: 3) }
    #expect(error?.description.contains("'dense', have the shape (120,)") == true)
  }

  @Test func namesWithoutANetworkAreRefused() throws {
    for name in ["unet-0-4", "unet-3-0", "unet:nothing", "unet:", "deeplab:resnet20"] {
      #expect(Models.design(named: name) == nil, "\(name)")
    }
    #expect(Models.design(named: "unet:keras:resnet50")?.preprocessing == .caffe)
  }
}

extension Shape {
  fileprivate func with(height: Int) -> Shape { Shape([height] + dimensions.dropFirst()) }
}

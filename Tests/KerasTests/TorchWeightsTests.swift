import Archives
import Foundation
import Keras
import Kernels
import Networks
import Tensors
import Testing

/// Weights under the names of torchvision and timm find their layers, turned to Keras's layouts.
struct TorchWeightsTests {
  /// A residual network as PyTorch would name it: a stem, a block with a convolution beside it, one without, a
  /// classifier.
  private func residual(epsilon: Double = 1e-5, shortcutFirst: Bool = false, usesSame: Bool = false) throws -> Graph {
    func normalized(_ filters: Int, _ kernel: Int, _ strides: Int, _ x: Symbol) -> Symbol {
      let isPadded = kernel > 1 && !usesSame
      let y = isPadded ? ZeroPadding2D(kernel / 2)(x) : x
      let z = Conv2D(filters, kernel: kernel, strides: strides, padding: usesSame ? .same : .valid, usesBias: false)(y)
      return BatchNormalization(epsilon: epsilon)(z)
    }
    func block(_ filters: Int, _ strides: Int, _ x: Symbol) -> Symbol {
      func main() -> Symbol { normalized(filters, 3, 1, ReLU()(normalized(filters, 3, strides, x))) }
      guard strides > 1 else { return ReLU()(Add()(main(), x)) }
      if shortcutFirst {
        let shortcut = normalized(filters, 1, strides, x)
        return ReLU()(Add()(shortcut, main()))
      }
      return ReLU()(Add()(main(), normalized(filters, 1, strides, x)))
    }
    let input = Symbol.input([8, 8, 3])
    let x = block(4, 1, block(4, 2, ReLU()(normalized(4, 3, 1, input))))
    return try Graph("tiny", inputs: [input], outputs: [Dense(2)(GlobalAveragePooling2D()(x))])
  }

  private static let residualShapes: [(String, [Int])] =
    [
      ("conv1.weight", [4, 3, 3, 3]), ("fc.weight", [2, 4]), ("fc.bias", [2]),
      ("layer1.0.conv1.weight", [4, 4, 3, 3]), ("layer1.0.conv2.weight", [4, 4, 3, 3]),
      ("layer1.0.downsample.0.weight", [4, 4, 1, 1]), ("layer1.1.conv1.weight", [4, 4, 3, 3]),
      ("layer1.1.conv2.weight", [4, 4, 3, 3]),
    ]
    + ["bn1", "layer1.0.bn1", "layer1.0.bn2", "layer1.0.downsample.1", "layer1.1.bn1", "layer1.1.bn2"].flatMap { name in
      ["weight", "bias", "running_mean", "running_var"].map { ("\(name).\($0)", [4]) }
    }

  /// Values that say where they are: the array's number in thousands, then its place.
  private func write(_ shapes: [(String, [Int])], to path: String) throws {
    let tensors = shapes.enumerated().map { index, entry in
      SafetensorsFile.NewTensor(entry.0, entry.1) {
        (0..<entry.1.reduce(1, *)).map { Float(1000 * (index + 1) + $0) }
      }
    }
    try SafetensorsFile.write(tensors, metadata: [:], to: path)
  }

  private func mapping(_ graph: Graph, _ shapes: [(String, [Int])], _ path: String) throws -> WeightMapping {
    try write(shapes, to: path)
    return try KerasWeights(reading: path).mapping(onto: graph)
  }

  @Test(arguments: [false, true]) func residualBlocksAreFoundByTheirSums(_ shortcutFirst: Bool) throws {
    let graph = try residual(shortcutFirst: shortcutFirst)
    try withTemporaryPath { path in
      let mapping = try mapping(graph, TorchWeightsTests.residualShapes, path)
      try mapping.requireComplete()
      let found = Dictionary(uniqueKeysWithValues: mapping.matches.map { ($0.target.path, $0.source.name) })
      // In the order of the graph: stem, then the block's own convolutions and the one beside it.
      let beside = shortcutFirst ? 1 : 3
      let convolutions = ["conv2d"] + (1...5).map { "conv2d_\($0)" }
      var wanted = ["conv1", "layer1.0.conv1", "layer1.0.conv2", "layer1.1.conv1", "layer1.1.conv2"]
      wanted.insert("layer1.0.downsample.0", at: beside)
      #expect(convolutions.map { found["\($0)/kernel"] } == wanted.map { "\($0).weight" })
      var norms = ["bn1", "layer1.0.bn1", "layer1.0.bn2", "layer1.1.bn1", "layer1.1.bn2"]
      norms.insert("layer1.0.downsample.1", at: beside)
      let names = ["batch_normalization"] + (1...5).map { "batch_normalization_\($0)" }
      for (variable, name) in [
        ("gamma", "weight"), ("beta", "bias"), ("moving_mean", "running_mean"), ("moving_variance", "running_var"),
      ] {
        #expect(names.map { found["\($0)/\(variable)"] } == norms.map { "\($0).\(name)" })
      }
    }
  }

  @Test func kernelsAreTurned() throws {
    let input = Symbol.input([4, 5, 2])
    var x = Conv2D(3, kernel: 2)(input, name: "convolution")
    x = DepthwiseConv2D(kernel: [2, 2], multiplier: 2)(x, name: "depthwise")
    let graph = try Graph("m", inputs: [input], outputs: [Dense(3)(Flatten()(x), name: "dense")])
    try withTemporaryPath { path in
      let shapes: [(String, [Int])] = [
        ("features.0.weight", [3, 2, 2, 2]), ("features.0.bias", [3]), ("features.2.weight", [6, 1, 2, 2]),
        ("features.2.bias", [6]), ("classifier.1.weight", [3, 36]), ("classifier.1.bias", [3]),
      ]
      let mapping = try mapping(graph, shapes, path)
      try mapping.requireComplete()
      let weights = Weights(ParameterTable(graph))
      try mapping.load(into: weights)
      func value(_ array: Int, _ shape: [Int], _ index: [Int]) -> Float {
        Float(1000 * array + zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 })
      }
      let found = weights.byPath
      var (convolution, depthwise, dense): ([Float], [Float], [Float]) = ([], [], [])
      for h in 0..<2 {
        for w in 0..<2 {
          for i in 0..<2 { for o in 0..<3 { convolution.append(value(1, [3, 2, 2, 2], [o, i, h, w])) } }
          for c in 0..<3 { for m in 0..<2 { depthwise.append(value(3, [6, 1, 2, 2], [2 * c + m, 0, h, w])) } }
        }
      }
      // PyTorch flattens (6, 2, 3), Keras (2, 3, 6).
      for h in 0..<2 {
        for w in 0..<3 {
          for c in 0..<6 { for o in 0..<3 { dense.append(value(5, [3, 6, 2, 3], [o, c, h, w])) } }
        }
      }
      #expect(found["convolution/kernel"] == convolution)
      #expect(found["depthwise/depthwise_kernel"] ?? found["depthwise/kernel"] == depthwise)
      #expect(found["dense/kernel"] == dense)
    }
  }

  /// `classifier.4` is a convolution behind the normalisation `classifier.2`; `aux_classifier` only helps training.
  @Test func auxiliaryClassifiersAreLeftOutWithANotice() throws {
    let input = Symbol.input([4, 4, 3])
    let x = BatchNormalization(epsilon: 1e-5)(Conv2D(2, kernel: 3, usesBias: false)(input))
    let graph = try Graph("m", inputs: [input], outputs: [Conv2D(5, kernel: 1)(ReLU()(x))])
    let shapes: [(String, [Int])] =
      [
        ("classifier.1.weight", [2, 3, 3, 3]), ("classifier.4.weight", [5, 2, 1, 1]), ("classifier.4.bias", [5]),
        ("aux_classifier.0.weight", [2, 3, 3, 3]), ("aux_classifier.4.weight", [5, 2, 1, 1]),
        ("aux_classifier.4.bias", [5]), ("aux_classifier.1.num_batches_tracked", []),
      ]
      + ["classifier.2", "aux_classifier.1"].flatMap { name in
        ["weight", "bias", "running_mean", "running_var"].map { ("\(name).\($0)", [2]) }
      }
    try withTemporaryPath { path in
      let mapping = try mapping(graph, shapes, path)
      try mapping.requireComplete()
      #expect(mapping.matches.count == 7 && mapping.ignored.count == 8)
      #expect(mapping.notices.count == 1 && mapping.notices[0].contains("the auxiliary classifier 'aux_classifier'"))
    }
  }

  /// The dense layers of VGG as convolutions of another network.
  @Test func denseKernelsBecomeThoseOfConvolutions() throws {
    let input = Symbol.input([4, 5, 2])
    let x = Conv2D(3, kernel: 1)(Conv2D(4, kernel: [4, 5])(input, name: "whole"), name: "point")
    let graph = try Graph("m", inputs: [input], outputs: [x])
    try withTemporaryPath { path in
      let shapes: [(String, [Int])] = [
        ("classifier.0.weight", [4, 40]), ("classifier.0.bias", [4]), ("classifier.3.weight", [3, 4]),
        ("classifier.3.bias", [3]),
      ]
      let mapping = try mapping(graph, shapes, path)
      try mapping.requireComplete()
      let weights = Weights(ParameterTable(graph))
      try mapping.load(into: weights)
      // PyTorch flattens (2, 4, 5), and the output comes first.
      let wanted = (0..<160).map { place -> Float in
        let (h, w, i, o) = (place / 40, place / 8 % 5, place / 4 % 2, place % 4)
        return Float(1000 + o * 40 + i * 20 + h * 5 + w)
      }
      #expect(weights.byPath["whole/kernel"] == wanted)
      let turned = (0..<12).map { place -> Float in
        let (input, output) = (place / 3, place % 3)
        return Float(3000 + output * 4 + input)
      }
      #expect(weights.byPath["point/kernel"] == turned)
    }
  }

  @Test func timmsBlocksComeInTheirOrder() throws {
    // A block that only narrows, then one that widens first, with squeeze and excitation: as timm names EfficientNet.
    let input = Symbol.input([4, 4, 3])
    func normalized(_ x: Symbol) -> Symbol { BatchNormalization(epsilon: 1e-5)(x) }
    func squeezed(_ x: Symbol) -> Symbol {
      let small = Conv2D(2, kernel: 1, activation: .relu)(GlobalAveragePooling2D(keepDimensions: true)(x))
      return Multiply()(x, Conv2D(4, kernel: 1, activation: .sigmoid)(small))
    }
    func convolution(_ x: Symbol) -> Symbol { Conv2D(4, kernel: 1, usesBias: false)(x) }
    func depthwise(_ x: Symbol) -> Symbol { DepthwiseConv2D(kernel: [3, 3], padding: .same, usesBias: false)(x) }
    var x = normalized(convolution(input))
    x = normalized(convolution(squeezed(normalized(depthwise(x)))))
    x = Add()(normalized(convolution(squeezed(normalized(depthwise(normalized(convolution(x))))))), x)
    x = normalized(convolution(x))
    let graph = try Graph("m", inputs: [input], outputs: [Dense(2)(GlobalAveragePooling2D()(x))])
    let modules = [
      "conv_stem", "bn1", "blocks.0.0.conv_dw", "blocks.0.0.bn1", "blocks.0.0.se.conv_reduce",
      "blocks.0.0.se.conv_expand",
      "blocks.0.0.conv_pw", "blocks.0.0.bn2", "blocks.1.0.conv_pw", "blocks.1.0.bn1", "blocks.1.0.conv_dw",
      "blocks.1.0.bn2", "blocks.1.0.se.conv_reduce", "blocks.1.0.se.conv_expand", "blocks.1.0.conv_pwl",
      "blocks.1.0.bn3",
      "conv_head", "bn2", "classifier",
    ]
    let shapes: [(String, [Int])] = modules.flatMap { name -> [(String, [Int])] in
      if name.contains("bn") {
        return ["weight", "bias", "running_mean", "running_var"].map { ("\(name).\($0)", [4]) }
          + [("\(name).num_batches_tracked", [])]
      }
      if name.hasSuffix("reduce") { return [("\(name).weight", [2, 4, 1, 1]), ("\(name).bias", [2])] }
      if name.hasSuffix("expand") { return [("\(name).weight", [4, 2, 1, 1]), ("\(name).bias", [4])] }
      if name.hasSuffix("dw") { return [("\(name).weight", [4, 1, 3, 3])] }
      if name == "classifier" { return [("\(name).weight", [2, 4]), ("\(name).bias", [2])] }
      return [("\(name).weight", [4, name == "conv_stem" ? 3 : 4, 1, 1])]
    }
    try withTemporaryPath { path in
      let mapping = try mapping(graph, shapes.shuffled(), path)
      try mapping.requireComplete()
      #expect(mapping.ignored.count == 7)
      let found = Dictionary(uniqueKeysWithValues: mapping.matches.map { ($0.target.path, $0.source.name) })
      let layers = graph.nodes.filter { !$0.signature.parameters.isEmpty }
      let sources = layers.map { node in found["\(node.name)/\(node.signature.parameters[0].name)"] ?? "" }
      #expect(sources == modules.map { "\($0).weight" })
    }
  }

  @Test func whatComputesSomethingElseIsRefused() throws {
    func problem(_ graph: Graph, _ shapes: [(String, [Int])] = TorchWeightsTests.residualShapes) throws -> String {
      try withTemporaryPath { path in
        let mapping = try mapping(graph, shapes, path)
        return try #require(throws: KerasError.self) { try mapping.requireComplete() }.description
      }
    }
    #expect(try problem(residual(epsilon: 1e-3)).contains("epsilon 0.001"))
    #expect(try problem(residual(usesSame: true)).contains("pads one side more"))
    let input = Symbol.input([4, 4, 3])
    let prepared = try Graph("m", inputs: [input], outputs: [Conv2D(2, kernel: 1)(Normalization(axes: [3])(input))])
    #expect(try problem(prepared, [("conv.weight", [2, 3, 1, 1]), ("conv.bias", [2])]).contains("prepares images"))
    let shapes = TorchWeightsTests.residualShapes
    #expect(try problem(residual(), Array(shapes.dropFirst())).contains("6 convolutions and dense layers"))
    #expect(try problem(residual(), shapes + [("conv1.bias", [4])]).contains("'conv1.bias' belongs to no layer"))
    #expect(try problem(residual(), shapes + [("mystery.weight", [4])]).contains("'mystery.weight'"))
    #expect(
      try problem(residual(), shapes.map { ($0.0.replacing("layer1.0.bn1", with: "layer1.0.norm_one"), $0.1) })
        .contains("5 normalisations"))
  }
}

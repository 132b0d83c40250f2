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
    let trainable = ParameterTable(resnet).entries.filter { $0.parameter.kind == .trainable }.reduce(0) { $0 + $1.parameter.count }
    // The peer's ResNet-20, with projections: `sum(p.numel() for p in resnet20().parameters())`.
    #expect(trainable == 272_474)
    #expect(throws: ShapeError.self) { try Models.make("resnet21", input: [32, 32, 3], classes: 10) }
  }

  /// Whole models against finite differences, with NaN in every buffer outside of its lifetime.
  @Test func leNet5() throws {
    try LayerContract.check(
      try Models.make("lenet5", input: [28, 28, 1], classes: 10), live: 3, step: 2e-3, tolerance: 1e-2)
  }

  /// A small step still crosses some of the thousands of kinks of a ReLU network, which costs a few per cent; the smooth twin, wired in
  /// the same way, must agree closely.
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
        case let layer as Conv2D where layer.activation == .relu: Conv2D(layer.filters, kernel: layer.kernel, padding: layer.padding, activation: .tanh)
        case let layer as Dense where layer.activation == .relu: Dense(layer.units, activation: .tanh)
        default: node.layer
        }
      try result.append(layer, named: node.name, inputs: node.inputs)
    }
    result.setOutputs(outputs)
    return result
  }
}

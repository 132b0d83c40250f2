public import Networks
public import Tensors
public import Testing

/// The contract that every layer must keep, checked for one configuration: gradients agree with finite differences,
/// nothing but live lanes decides, gradients of dead lanes are zero, no memory is read that the signature does not
/// declare, and Keras's configuration goes round.
public struct LayerContract {
  /// The numbers that the inputs are drawn from.
  public enum Values: Sendable {
    /// Normal.
    case smooth
    /// All different by at least 0.05 and none near 0, so that a small step crosses no kink.
    case separated
  }

  let graph: Graph
  let live: Int
  let lanes: Int
  let values: Values

  /// - Parameter live: images in the shard; lanes behind them are dead.
  public static func check(
    _ layer: any Layer, inputs: Shape..., live: Int = 5, values: Values = .smooth, tolerance: Double = 2e-3,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var graph = Graph(name: "contract")
    var symbols: [Graph.Value] = []
    for (index, shape) in inputs.enumerated() {
      symbols.append(try graph.append(Input(shape), named: "input_\(index)", inputs: []))
    }
    graph.setOutputs([try graph.append(layer, named: "layer", inputs: symbols)])
    try checkRoundTrip(layer, sourceLocation)
    try check(graph, live: live, values: values, tolerance: tolerance, sourceLocation: sourceLocation)
  }

  /// The same for a whole graph.
  public static func check(
    _ graph: Graph, live: Int = 5, values: Values = .smooth, step: Double = 1e-2, tolerance: Double = 2e-3,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let contract = LayerContract(graph: graph, live: live, lanes: Layout.lanes(forImages: live), values: values)
    let run = try Run(contract, sourceLocation)
    run.checkDeadLanes()
    run.checkGradients(step: step, tolerance: tolerance)
  }

  /// What of the contract needs no finite differences, for graphs with many parameters: memory, and dead lanes.
  public static func checkMemory(
    _ graph: Graph, live: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let contract = LayerContract(graph: graph, live: live, lanes: Layout.lanes(forImages: live), values: .smooth)
    try Run(contract, sourceLocation).checkDeadLanes()
  }

  private static func checkRoundTrip(_ layer: any Layer, _ location: SourceLocation) throws {
    let written = layer.kerasConfiguration()
    let read = try LayerRegistry.layer(layer.kerasName, written)
    #expect(
      read.kerasConfiguration() == written, "the configuration changes on its way through Keras",
      sourceLocation: location)
  }
}

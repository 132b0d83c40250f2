public import Networks
public import Tensors
public import Testing

/// The contract that every layer must keep, checked for one configuration: gradients agree with finite differences,
/// nothing but live lanes decides, gradients of dead lanes are zero, no memory is read that the signature does not
/// declare, and Keras's configuration goes round.
public struct LayerContract {
  /// The numbers that the inputs are drawn from.
  public enum Values: Hashable, Sendable {
    /// Normal.
    case smooth
    /// All different by at least 0.05 and none near 0, so that a small step crosses no kink.
    case separated
    /// Between 0.1 and 0.9, or between 1 and 4.
    case shares, counts
    /// Shares that are 1 together at each position, or 1 for one channel and 0 for the others.
    case distribution, oneHot
    /// 0 or 1, or -1 or 1.
    case binary, signs
    /// Whole numbers from 0 on.
    case classNumbers(below: Int)
    /// Corners of boxes, or centres and sizes, some of which overlap; no two numbers meet.
    case boxes, centredBoxes
  }

  let graph: Graph
  let live: Int
  let lanes: Int
  let values: Values
  /// Inputs that are not differentiated, such as the target of a loss, and what they are drawn from.
  var undifferentiated: [Int: Values] = [:]

  /// - Parameters:
  ///   - live: images in the shard; lanes behind them are dead.
  ///   - undifferentiated: inputs whose gradients nobody asks for, and what they are drawn from.
  public static func check(
    _ layer: any Layer, inputs: Shape..., live: Int = 5, values: Values = .smooth,
    undifferentiated: [Int: Values] = [:], step: Double = 1e-2, tolerance: Double = 2e-3,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var graph = Graph(name: "contract")
    var symbols: [Graph.Value] = []
    for (index, shape) in inputs.enumerated() {
      symbols.append(try graph.append(Input(shape), named: "input_\(index)", inputs: []))
    }
    graph.setOutputs([try graph.append(layer, named: "layer", inputs: symbols)])
    try checkRoundTrip(layer, sourceLocation)
    try check(
      graph, live: live, values: values, undifferentiated: undifferentiated, step: step, tolerance: tolerance,
      sourceLocation: sourceLocation)
  }

  /// The same for a whole graph.
  public static func check(
    _ graph: Graph, live: Int = 5, values: Values = .smooth, undifferentiated: [Int: Values] = [:],
    step: Double = 1e-2, tolerance: Double = 2e-3, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let contract = LayerContract(
      graph: graph, live: live, lanes: Layout.lanes(forImages: live), values: values,
      undifferentiated: undifferentiated)
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
    if let loss = layer as? any LossLayer {
      let written = LossRegistry.kerasConfiguration(of: loss)
      let read = try LossRegistry.loss(written)
      #expect(
        LossRegistry.kerasConfiguration(of: read) == written, "the configuration changes on its way through Keras",
        sourceLocation: location)
      return
    }
    let written = layer.kerasConfiguration()
    let read = try LayerRegistry.layer(layer.kerasName, written)
    #expect(
      read.kerasConfiguration() == written, "the configuration changes on its way through Keras",
      sourceLocation: location)
  }
}

public import Tensors

/// Runs a graph at inference on any number of samples given as plain arrays: for predictions and comparisons.
public final class Inference {
  /// Results for all samples: row-major, samples first, channels last.
  public struct Results: Sendable {
    /// By output of the graph.
    public var outputs: [[Float]]
    /// By name of the layers that were asked to be kept.
    public var kept: [String: [Float]]
  }

  /// Shapes of the kept layers' outputs for one sample.
  public var keptShapes: [String: Shape] { network.kept.mapValues(\.shape) }
  private let network: Network

  /// - Parameters:
  ///   - batch: samples that run through the network at once. Where they are few and large, they are cut into strips.
  ///   - keeping: layers whose outputs are wanted as well.
  public convenience init(_ graph: Graph, weights: Weights, batch: Int = Layout.laneMultiple, keeping: Set<String> = [])
    throws(PlanError)
  {
    var planner = Planner()
    planner.keeping = keeping
    planner.images = batch
    self.init(try planner.plan(graph, lanes: Layout.lanes(forImages: batch), mode: .inference), weights: weights)
  }

  /// - Parameter plan: of a graph at inference.
  public init(_ plan: Plan, weights: Weights) {
    network = Network(plan, weights: weights)
    network.prepare()
  }

  /// - Parameter inputs: by input of the graph, all samples one after the other; as many samples for each.
  public func run(_ inputs: [[Float]]) -> Results {
    let shapes = network.inputs.map(\.shape)
    let count = inputs.isEmpty ? 0 : inputs[0].count / max(1, shapes[0].count)
    for (values, shape) in zip(inputs, shapes) {
      precondition(values.count == count * shape.count, "\(values.count) values for \(count) samples of shape \(shape)")
    }
    var results = Results(
      outputs: network.outputs.map { _ in [] }, kept: network.kept.mapValues { _ in [] })
    let images = network.plan.mostImages
    for start in stride(from: 0, to: count, by: images) {
      network.load(inputs, range: start..<min(start + images, count))
      network.forward()
      for (index, tensor) in network.outputs.enumerated() { results.outputs[index] += network.read(tensor) }
      for (name, tensor) in network.kept { results.kept[name]! += network.read(tensor) }
    }
    return results
  }
}

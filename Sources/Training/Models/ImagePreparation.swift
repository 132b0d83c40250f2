package import Datasets
package import Networks
import Tensors

/// The steps of a model between the pixels and its first layer with weights: rescaling, normalization,
/// arithmetic with constants, channels in another order, in whatever layers, operations and models inside the model.
///
/// It is found by running these layers on plain colours. A batch normalisation is not among them: it is trained, and
/// gives the same for numbers of any scale.
package struct ImagePreparation: Sendable {
  /// The first layer that changes colours.
  package let layer: String
  /// The numbers that it is made for; nil where they do not show.
  package let expected: StoredNumbers?
  /// Whether nothing happens but that channels change places.
  package let reordersOnly: Bool

  /// Numbers that are the same in all channels, and their places among the lanes.
  private static let greys: [Double] = [0, 0.5, 1, 127, 255, 65_535]
  /// Colours of one channel, of so many channels at most.
  private static let colours = Layout.laneMultiple - greys.count

  /// What the first layers of networks take: a white that is so far from black.
  private static let contrasts = 0.05...300.0

  /// Nil where the model takes its images as they are.
  ///
  /// - Parameters:
  ///   - input: the position of the input.
  ///   - weights: read only if they matter; nil where there are none yet.
  package init?(
    _ graph: Graph, input: Int = 0, weights: () throws(TrainingError) -> Weights?
  ) throws(TrainingError) {
    let isBeforeWeights = graph.isBeforeWeights
    // What is made of this input alone.
    let isBefore = graph.nodes.indices.map { node in
      isBeforeWeights[node] && graph.inputs(before: Graph.Value(node: node)) == [input]
    }
    let isRead = Set(graph.nodes.indices.filter { !isBefore[$0] }.flatMap { graph.nodes[$0].inputs })
    let ends = graph.nodes.indices.map { Graph.Value(node: $0) }.filter { isBefore[$0.node] && isRead.contains($0) }
    let needsWeights = graph.nodes.indices.contains { isBefore[$0] && !graph.nodes[$0].signature.parameters.isEmpty }
    let weights = needsWeights ? try weights() : nil
    for end in ends where !(graph.nodes[end.node].layer is Input) {
      if let found = ImagePreparation(graph, upTo: end, weights) {
        self = found
        return
      }
    }
    return nil
  }

  private init?(_ graph: Graph, upTo end: Graph.Value, _ weights: Weights?) {
    let prefix = graph.prefix(upTo: end)
    guard let colours = Colours(prefix, weights) else { return nil }
    let values = prefix.outputs[0].node
    guard let (isGrey, isOrder) = colours.changes(at: prefix.nodes[values].name), isGrey || isOrder else { return nil }
    layer =
      prefix.nodes.first { node in
        colours.changes(at: node.name).map { $0.grey || $0.order } ?? false
      }?.name ?? prefix.nodes[values].name
    reordersOnly = !isGrey
    // Numbers that are no image may have any range.
    expected = isGrey && graph.inputShapes[0].rank > 1 ? colours.expected(at: prefix.nodes[values].name) : nil
  }

  /// Plain colours on their way through layers.
  private struct Colours {
    /// By layer and lane, the channels of the pixel in the middle.
    private var pixels: [String: [[Double]]] = [:]
    private let channels: Int

    init?(_ graph: Graph, _ weights: Weights?) {
      let shape = graph.inputShapes[0]
      channels = shape.channels
      var planner = Planner()
      planner.keeping = Set(graph.nodes.map(\.name))
      guard let plan = try? planner.plan(graph, lanes: Layout.laneMultiple, mode: .inference) else { return nil }
      let own = Weights(plan.table)
      own.initialize(seed: 0)
      if let weights {
        let all = Dictionary(uniqueKeysWithValues: weights.table.entries.map { ($0.path, $0) })
        for entry in plan.table.entries { if let given = all[entry.path] { own[entry].copy(from: weights[given]) } }
      }
      let network = Network(plan, weights: own)
      network.prepare()
      let images = (0..<Layout.laneMultiple).flatMap { lane in
        let colour = ImagePreparation.colour(lane, channels).map(Float.init)
        return (0..<shape.count).map { colour[$0 % channels] }
      }
      network.load([images], range: 0..<Layout.laneMultiple)
      network.forward()
      for (name, tensor) in network.kept {
        let (channels, places) = (tensor.shape.channels, tensor.shape.dimensions.dropLast())
        // Of pixels in a row, those of one place.
        let isRow = places.isEmpty && tensor.shape.count == shape.count && shape.rank > 1
        let size = isRow ? shape.channels : channels
        let middle = (isRow ? shape.dimensions.dropLast() : places).reduce(0) { $0 * $1 + $1 / 2 }
        pixels[name] = (0..<Layout.laneMultiple).map { lane in
          tensor.sample(lane)[middle * size..<(middle + 1) * size].map(Double.init)
        }
      }
    }

    /// Whether greys become others, and whether channels do; nil where nothing is known of the layer.
    func changes(at layer: String) -> (grey: Bool, order: Bool)? {
      guard let lanes = pixels[layer] else { return nil }
      func isSame(_ pixel: [Double], _ colour: [Double]) -> Bool {
        zip(pixel, colour).allSatisfy { abs($0 - $1) <= 1e-3 * max(1, abs($1)) }
      }
      let greys = ImagePreparation.greys
      let isGrey = greys.enumerated().contains { lane, value in
        !isSame(lanes[lane], Array(repeating: value, count: lanes[lane].count))
      }
      // More of them are no colours.
      guard !isGrey, lanes[0].count == channels, (2...4).contains(channels) else { return (isGrey, false) }
      return (
        false, (greys.count..<lanes.count).contains { !isSame(lanes[$0], ImagePreparation.colour($0, channels)) }
      )
    }

    /// The scale whose black and white become what the first layers of networks take.
    func expected(at layer: String) -> StoredNumbers? {
      let greys = ImagePreparation.greys
      guard let lanes = pixels[layer], lanes.joined().allSatisfy(\.isFinite) else { return nil }
      func pixel(_ grey: Double) -> [Double] { lanes[greys.firstIndex(of: grey)!] }
      func contrast(_ white: Double) -> Double { zip(pixel(white), pixel(0)).map { abs($0 - $1) }.max() ?? 0 }
      // The grey that becomes zero lies far below the middle of bytes where something else was meant.
      let slopes = zip(pixel(1), pixel(0)).map { $0 - $1 }
      let zeros = zip(slopes, pixel(0)).map { -$1 / $0 }
      let contrasts = ImagePreparation.contrasts
      let hasLowZero = zeros.contains { $0 > 1e-3 && $0 < 4 }
      if contrasts.contains(contrast(255)), !hasLowZero { return .bytes }
      if contrasts.contains(contrast(1)) { return StoredNumbers(.float, 0, 1) }
      return contrasts.contains(contrast(65_535)) ? StoredNumbers(.float, 0, 65_535) : nil
    }
  }

  /// What a lane holds in each channel.
  private static func colour(_ lane: Int, _ channels: Int) -> [Double] {
    if lane < greys.count { return Array(repeating: greys[lane], count: channels) }
    return (0..<channels).map { $0 == (lane - greys.count) % channels ? 255 : 0 }
  }
}

extension Graph {
  /// For each node, whether nothing with weights lies before it, and it has none itself but the statistics of a
  /// `Normalization`.
  fileprivate var isBeforeWeights: [Bool] {
    nodes.reduce(into: []) { result, node in
      let isPlain = node.signature.parameters.isEmpty || node.layer is Normalization
      result.append(
        isPlain && node.signature.outputs.count == 1 && (node.layer is Input || !node.inputs.isEmpty)
          && node.inputs.allSatisfy { result[$0.node] })
    }
  }
}

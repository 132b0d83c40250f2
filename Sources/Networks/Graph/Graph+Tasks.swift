import Kernels
import Tensors

/// How a backbone's features become a map of classes.
public enum SegmentationDecoder: String, Hashable, Sendable, Codable, CaseIterable {
  /// Back to the image step by step, with what the backbone saw at each resolution.
  case unet
  /// Atrous spatial pyramid pooling, then one step.
  case deeplabv3
  /// A convolution, then one step.
  case fcn
}

/// A graph with the outputs of a task behind a backbone, and what became of the backbone in it.
public struct TaskGraph: Sendable {
  public let graph: Graph
  /// Where the backbone ends.
  public let features: Graph.Value
  /// Old paths of layers by their new ones, where models inside the model were dissolved; others have kept theirs.
  public let origins: [String: String]
}

extension Graph {
  /// A network that gives every pixel a class: the backbone up to its features, with a decoder of first values behind
  /// it. Its only output, a softmax over the classes, has the size of the image.
  ///
  /// - Parameters:
  ///   - features: where the backbone ends (`Graph.features`), of shape (H, W, C). Where a global pooling has made one
  ///     place of the map, it ends before that.
  ///   - name: of the layer that gives the output.
  public func segmenting(
    behind features: Value, classes: Int, by decoder: SegmentationDecoder = .unet, name: String = "mask_output"
  ) throws(ShapeError) -> TaskGraph {
    let features = places(behind: features)
    let shape = shape(features)
    guard inputs.count == 1, shape.rank == 3, shape.height > 0, shape.width > 0 else {
      throw ShapeError(
        "the features of '\(self.name)', '\(nodes[features.node].name)', have the shape \(shape), but a map of classes "
          + "is made of one of (height, width, channels); name a layer before the image is pooled or flattened.")
    }
    let image = Symbol.input(inputShapes[0])
    let parts = try dissolvingForSkips(features, areWanted: decoder == .unet)
    let result = try parts.graph.continued(from: parts.values) { values in
      let features = values[values.count - 1]
      let logits =
        switch decoder {
        case .unet: SegmentationHeads.unet(values, image: image, classes: classes)
        case .deeplabv3: SegmentationHeads.deepLabV3(features, classes: classes)
        case .fcn: SegmentationHeads.fcn(features, classes: classes)
        }
      return [SegmentationHeads.probabilities(logits, like: image, name: name)]
    }
    return TaskGraph(result, parts.graph, parts.values[parts.values.count - 1], parts.origins)
  }

  /// A network that says what an image shows and where: behind the features one head for the class, `class_output`, a
  /// softmax, and one for the box, `box_output`, four sigmoids.
  ///
  /// - Parameters:
  ///   - features: where the backbone ends.
  ///   - layers: what both heads read of it, one behind the other, with their names; the mean of every channel unless
  ///     given.
  public func localizing(
    behind features: Value, classes: Int,
    layers: [(layer: any Layer, name: String)] = [(GlobalAveragePooling2D(), "head_pool")]
  ) throws(ShapeError) -> TaskGraph {
    let dissolved = dissolvingModels(around: features)
    let (old, value) = dissolved.map { ($0.graph, $0.value) } ?? (self, features)
    let result = try old.continued(from: [value]) { values in
      let x = layers.reduce(values[0]) { $1.layer($0, name: $1.name) }
      return [
        Dense(classes, activation: .softmax)(x, name: "class_output"),
        Dense(4, activation: .sigmoid)(x, name: "box_output"),
      ]
    }
    if let output = result.outputShapes.first(where: { $0.rank != 1 }) {
      throw ShapeError(
        "the heads of '\(name)' would give values of shape \(output) instead of one row each; pool or flatten the "
          + "features first.")
    }
    return TaskGraph(result, old, value, dissolved?.origins ?? [:])
  }

  /// A network with layers one behind the other behind the features, the last of which gives the only output.
  ///
  /// - Parameters:
  ///   - features: where the backbone ends.
  ///   - layers: with the names that they are to have; a name that is taken is counted up.
  public func chaining(
    behind features: Value, _ layers: [(layer: any Layer, name: String)]
  ) throws(ShapeError) -> TaskGraph {
    // Where the old outputs lie inside a model of the model, that one cannot stay whole.
    let dissolved = dissolvingModels(around: features)
    let (old, value) = dissolved.map { ($0.graph, $0.value) } ?? (self, features)
    return TaskGraph(try old.replacing(after: value, with: layers), old, value, dissolved?.origins ?? [:])
  }

  /// The graph with its skip connections, none of which lies in the middle of a model inside the model.
  ///
  /// - Parameter areWanted: whether there are to be others than the features.
  private func dissolvingForSkips(
    _ features: Value, areWanted: Bool
  ) throws(ShapeError) -> (graph: Graph, values: [Value], origins: [String: String]) {
    var (graph, features, origins) = (self, features, [String: String]())
    while true {
      let values = areWanted ? graph.skipConnections(before: features) : [features]
      guard let inside = values.first(where: { graph.liesInside($0) }) else { return (graph, values, origins) }
      guard let dissolved = graph.dissolvingModels(around: inside) else {
        throw ShapeError(
          "layer '\(graph.nodes[inside.node].name)', whose output the decoder reads, lies inside a model that is "
            + "called more than once; use the decoder 'fcn' or 'deeplabv3'.")
      }
      let owner = graph.nodes[features.node].owner
      let place = dissolved.origins.first { $0.value == owner }.flatMap { dissolved.graph.index(ofFirstCall: $0.key) }
      features = Value(node: place ?? dissolved.value.node, output: features.output)
      origins = Dictionary(
        uniqueKeysWithValues: dissolved.origins.map { ($0.key, origins[$0.value] ?? $0.value) })
      graph = dissolved.graph
    }
  }

  /// Whether a value lies in the middle of a model inside the model.
  private func liesInside(_ value: Value) -> Bool {
    let isBefore = ancestors(of: value)
    return scopePath(of: nodes[value.node]).contains { call in
      nodes.indices.contains { !isBefore[$0] && scopePath(of: nodes[$0]).contains(call) }
    }
  }
}

extension TaskGraph {
  /// - Parameters:
  ///   - old: the graph without the task's layers, which has the value.
  fileprivate init(_ graph: Graph, _ old: Graph, _ value: Graph.Value, _ origins: [String: String]) {
    let node = graph.index(named: old.nodes[value.node].name)!
    self.init(graph: graph, features: Graph.Value(node: node, output: value.output), origins: origins)
  }
}

import Kernels
import Tensors

/// A classifier of images whose layers for the whole image have become convolutions: it gives a map of classes of a
/// larger image, a cell for each window of the size of the classifier's images.
public struct ConvolvedGraph: Sendable {
  /// For images of the classifier's size, of which it gives a map of one cell. Sizes are open (`Graph.hasOpenSizes`).
  public let graph: Graph
  /// Layers that have become others, with the classes that these had and have. Variables are the same numbers in the
  /// same order, kernels (H * W * C, O) as (H, W, C, O).
  public let changes: [(layer: String, from: String, to: String)]
  /// Pixels from one window to the next, downwards and to the right.
  public let strides: [Int]
  /// Layers that add zeros around a map. A window has them inside the larger image, which has none there: with them the
  /// map differs from what the windows give one by one.
  public let padding: [String]
}

extension Graph {
  /// The same classifier for images of any size.
  ///
  /// A `Flatten` with a `Dense` behind it becomes a convolution with a kernel of the whole map, further `Dense` layers
  /// become 1x1 convolutions, and global pooling the pooling of windows of the whole map.
  public func convolving() throws(ShapeError) -> ConvolvedGraph {
    guard inputs.count == 1, inputShapes[0].rank == 3 else {
      throw ShapeError(
        "'\(name)' has inputs of shape \(inputShapes.map(\.description).joined(separator: ", ")), but a network is "
          + "convolved with one image (height, width, channels); give such a classifier.")
    }
    var walk = Convolving(of: self)
    for index in nodes.indices { try walk.take(index) }
    return try walk.end()
  }
}

/// A walk along a graph that rebuilds it node by node.
private struct Convolving {
  /// The form of a value of the old graph.
  private enum Form {
    /// A map, of which a larger image makes a larger one.
    case map
    /// A map, all of which layers behind a `Flatten` read in one row.
    case row(Shape)
    /// What a window gives.
    case window
  }

  private let old: Graph
  private var new: Graph
  private var places: [Graph.Value: Graph.Value] = [:]
  private var forms: [Graph.Value: Form] = [:]
  private var strides: [Graph.Value: [Int]] = [:]
  private var changes: [(layer: String, from: String, to: String)] = []
  private var padding: [String] = []

  init(of graph: Graph) {
    old = graph
    new = Graph(name: graph.name, isSequential: graph.isSequential)
    new.hasOpenSizes = true
    new.takeCalls(of: graph)
  }

  mutating func take(_ index: Int) throws(ShapeError) {
    let node = old.nodes[index]
    let value = Graph.Value(node: index)
    guard let first = node.inputs.first else { return try append(node.layer, index, as: .map) }
    if node.layer is Input {
      // What a model inside the model takes.
      return try append(Input(new.shape(places[first]!)), index, as: forms[first]!)
    }
    let found = node.inputs.map { forms[$0]! }
    let shape = old.shape(first)
    if found.allSatisfy({ if case .map = $0 { true } else { false } }) {
      if let pooling = pooling(node.layer, shape) { return try append(pooling, index, as: .window) }
      if node.isFlattening(shape) {
        (places[value], forms[value], strides[value]) = (places[first], .row(shape), strides[first])
        return
      }
      guard node.treatsPlacesAlike(of: node.inputs.map(old.shape)) else {
        throw unconvolvable(node, "takes all of the map of \(shape) together, which no window of a larger image is")
      }
      if node.addsZeros { padding.append(node.name) }
      return try append(node.layer, index, as: .map)
    }
    if found.allSatisfy({ if case .window = $0 { true } else { false } }) {
      if node.isFlattening(shape) || node.layer is Reshape && old.shape(value).count == old.shape(value).channels {
        (places[value], forms[value], strides[value]) = (places[first], .window, strides[first])
        return
      }
      if let dense = node.layer as? Dense { return try append(convolution(dense, [1, 1], node), index, as: .window) }
      guard node.treatsPlacesAlike(of: node.inputs.map(old.shape)), !node.addsZeros else {
        throw unconvolvable(node, "cannot be applied at every place of a map")
      }
      return try append(node.layer.alongChannels, index, as: .window)
    }
    guard case .row(let map) = found[0], found.count == 1 else {
      throw unconvolvable(
        node, "joins what is made of the whole image with a map of its places, which would be another for every window")
    }
    if let dense = node.layer as? Dense {
      return try append(convolution(dense, [map.height, map.width], node), index, as: .window)
    }
    guard node.isElementwise else {
      throw unconvolvable(node, "reads the \(map) in one row without being a Dense layer")
    }
    try append(node.layer, index, as: .row(map))
  }

  func end() throws(ShapeError) -> ConvolvedGraph {
    for output in old.outputs {
      guard case .row? = forms[output] else { continue }
      throw unconvolvable(old.nodes[output.node], "is the end of the network; put a Dense layer behind it")
    }
    guard !changes.isEmpty else {
      throw ShapeError(
        "'\(old.name)' has no layer for the whole image that would have to become a convolution; use it as it is.")
    }
    var new = new
    new.closeScopes(of: old, places)
    new.setOutputs(old.outputs.map { places[$0]! })
    return ConvolvedGraph(graph: new, changes: changes, strides: strides[old.outputs[0]]!, padding: padding)
  }

  private mutating func append(_ layer: any Layer, _ index: Int, as form: Form) throws(ShapeError) {
    let node = old.nodes[index]
    let value = try new.append(
      layer, named: node.name, inputs: node.inputs.map { places[$0]! }, role: node.role)
    if layer.kerasName != node.layer.kerasName, old.isFirstCall(index) {
      changes.append((node.owner, node.layer.kerasName, layer.kerasName))
    }
    let before = node.inputs.first.map { strides[$0]! } ?? [1, 1]
    for output in node.signature.outputs.indices {
      let key = Graph.Value(node: index, output: output)
      (places[key], forms[key]) = (Graph.Value(node: value.node, output: output), form)
      strides[key] = zip(before, layer.steps).map { $0 * $1 }
    }
  }

  /// Pooling of windows as large as the map that a layer pools; nil for other layers.
  private func pooling(_ layer: any Layer, _ shape: Shape) -> (any Layer)? {
    let size = [shape.height, shape.width]
    return switch layer {
    case is GlobalAveragePooling2D: AveragePooling2D(size, strides: [1, 1])
    case is GlobalMaxPooling2D: MaxPooling2D(size, strides: [1, 1])
    default: nil
    }
  }

  private func convolution(_ dense: Dense, _ kernel: [Int], _ node: Graph.Node) throws(ShapeError) -> any Layer {
    var values = dense.kerasConfiguration()
    values["filters"] = values.removeValue(forKey: "units")
    values["kernel_size"] = JSONValue(kernel)
    do { return try LayerRegistry.layer("Conv2D", values.merging(["name": .string(node.name)]) { $1 }) } catch {
      throw ShapeError(error.description)
    }
  }

  private func unconvolvable(_ node: Graph.Node, _ reason: String) -> ShapeError {
    ShapeError(
      "layer '\(node.name)' (\(node.layer.kerasName)) \(reason), so that '\(old.name)' cannot be convolved with larger "
        + "images; cut them into images of \(old.inputShapes[0]) instead.")
  }
}

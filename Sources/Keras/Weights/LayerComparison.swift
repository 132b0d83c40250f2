import Kernels
import Networks
import Tensors

/// A difference in what two layers compute although their variables have the same shapes, which makes an import wrong
/// in silence.
struct LayerComparison {
  private static let compared = ["epsilon", "strides", "dilation_rate", "groups", "axis", "depth_multiplier"]

  private let stored: Place
  private let wanted: Place

  /// Nil where a layer is not in its graph.
  init?(_ layer: String, of graph: Graph, with other: String, of otherGraph: Graph) {
    guard let stored = Place(layer, graph), let wanted = Place(other, otherGraph) else { return nil }
    (self.stored, self.wanted) = (stored, wanted)
  }

  /// `epsilon 0.001 in the file but 1e-05 in the model`; nil where the two do the same, as far as can be said.
  var difference: String? {
    guard stored.node.layer.kerasName == wanted.node.layer.kerasName else {
      return text("class", "'\(stored.node.layer.kerasName)'", "'\(wanted.node.layer.kerasName)'")
    }
    let (old, new) = (stored.node.layer.kerasConfiguration(), wanted.node.layer.kerasConfiguration())
    for key in LayerComparison.compared {
      guard let old = old[key], let new = new[key], old != new else { continue }
      return text(key, old.brief, new.brief)
    }
    if let old = stored.padding, let new = wanted.padding, old != new { return text("padding", "\(old)", "\(new)") }
    // A head may give logits or probabilities.
    let (function, other) = (stored.activation, wanted.activation)
    if function == other || Set([function, other]) == ["linear", "softmax"] { return nil }
    return text("activation", "'\(function)'", "'\(other)'")
  }

  private func text(_ key: String, _ old: String, _ new: String) -> String {
    "the \(key) \(old) in the file but \(new) in the model"
  }

  /// A layer where it stands, with what its neighbours do for it.
  private struct Place {
    let graph: Graph
    let index: Int
    var node: Graph.Node { graph.nodes[index] }

    init?(_ layer: String, _ graph: Graph) {
      guard let index = graph.index(named: layer) else { return nil }
      (self.graph, self.index) = (graph, index)
    }

    /// Its own, or that of an activation layer that alone reads it.
    var activation: String {
      let own = node.layer.kerasConfiguration()["activation"]?.asString ?? "linear"
      let readers = graph.nodes.filter { $0.inputs.contains(Graph.Value(node: index)) }
      guard own == "linear", readers.count == 1, let reader = readers.first else { return own }
      switch reader.layer {
      case let layer as Activation: return layer.activation.name
      case let layer as ReLU:
        return layer.maximum == 6 ? "relu6" : layer.maximum == nil ? "relu" : "relu with a maximum"
      case is Softmax: return "softmax"
      default: return "linear"
      }
    }

    /// Of a convolution: cells around the image, with those of a `ZeroPadding2D` before it.
    var padding: [Int]? { graph.cellsOfPadding(around: node) }
  }
}

extension Graph {
  /// Top, bottom, left, right around the image that a 2-D convolution reads, by its own padding and by a
  /// `ZeroPadding2D` before it; nil for other layers.
  func cellsOfPadding(around node: Node) -> [Int]? {
    guard let window = (node.layer as? Conv2D)?.window ?? (node.layer as? DepthwiseConv2D)?.window else { return nil }
    let before = nodes[node.inputs[0].node].layer
    let sides = before is ZeroPadding2D ? before.kerasConfiguration()["padding"]?.asArray ?? [] : []
    var cells = sides.flatMap { ($0.asArray ?? []).compactMap(\.asInteger) }
    if cells.isEmpty { cells = [0, 0, 0, 0] }
    let shape = shape(node.inputs[0])
    for (axis, count) in [shape.height, shape.width].enumerated() {
      let windows = window.padding.windows(
        over: count, size: window.kernel[axis], stride: window.strides[axis], dilation: window.dilation[axis])
      cells[2 * axis] += windows.before
      cells[2 * axis + 1] += windows.after
    }
    return cells
  }
}

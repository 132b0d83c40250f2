import Kernels
import Tensors

/// A layer each cell of whose output follows from cells nearby, so that it can run on strips of images.
protocol Cuttable: Layer {
  /// The layer that computes strips of the output from strips of the inputs; nil where the image cannot be cut so.
  ///
  /// - Parameter inputs: shapes of whole images that can be cut.
  func cut(into strips: Strips, inputs: [Shape]) -> StripLayer?
}

/// The form of a layer where images are cut into strips.
struct StripLayer {
  let layer: any Layer
  /// The cells around a strip of each input that the layer reads as if they were part of it.
  var halo = Strips.Halo(before: 0, after: 0)
}

/// A layer whose output is the image without some cells, or with zeros around it. Where images move into other strips
/// anyway, that is done on the way.
protocol Shifting: Layer {
  /// The place in the input where the output begins, in rows and columns; nil where it has no rows and columns.
  var start: (rows: Int, columns: Int)? { get }
}

extension Cropping: Shifting {
  var start: (rows: Int, columns: Int)? { Dimensions.count == 2 ? (margins.before[0], margins.before[1]) : nil }
}

extension ZeroPadding: Shifting {
  var start: (rows: Int, columns: Int)? { Dimensions.count == 2 ? (-margins.before[0], -margins.before[1]) : nil }
}

/// A layer that reads no other cell than the one that it writes, wherever its settings allow that at all.
protocol Pointwise: Cuttable {
  /// Whether it does so for images of these shapes.
  func isPointwise(inputs: [Shape]) -> Bool
}

extension Pointwise {
  func isPointwise(inputs: [Shape]) -> Bool { true }

  func cut(into strips: Strips, inputs: [Shape]) -> StripLayer? {
    isPointwise(inputs: inputs) ? StripLayer(layer: self) : nil
  }
}

extension [Shape] {
  fileprivate var areEqual: Bool { allSatisfy { $0 == self[0] } }
}

extension Identity: Pointwise {}
extension Activation: Pointwise {}
extension ReLU: Pointwise {}
extension LeakyReLU: Pointwise {}
extension ELU: Pointwise {}
extension ThresholdedReLU: Pointwise {}
extension PReLU: Pointwise {}
extension Rescaling: Pointwise {}

extension Softmax: Pointwise {
  func isPointwise(inputs: [Shape]) -> Bool { isOverChannels(of: inputs[0]) }
}

extension BatchNormalization: Pointwise {
  func isPointwise(inputs: [Shape]) -> Bool { axis == -1 || axis == inputs[0].rank }
}

extension Concatenate: Pointwise {
  func isPointwise(inputs: [Shape]) -> Bool { axis == -1 || axis == inputs[0].rank }
}

extension Add: Pointwise {
  func isPointwise(inputs: [Shape]) -> Bool { inputs.areEqual }
}

extension Subtract: Pointwise {
  func isPointwise(inputs: [Shape]) -> Bool { inputs.areEqual }
}

extension Multiply: Pointwise {
  func isPointwise(inputs: [Shape]) -> Bool { inputs.areEqual }
}

extension Average: Pointwise {
  func isPointwise(inputs: [Shape]) -> Bool { inputs.areEqual }
}

extension Maximum: Pointwise {
  func isPointwise(inputs: [Shape]) -> Bool { inputs.areEqual }
}

extension Minimum: Pointwise {
  func isPointwise(inputs: [Shape]) -> Bool { inputs.areEqual }
}

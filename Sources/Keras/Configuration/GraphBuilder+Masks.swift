import Networks
import Tensors

/// Masks: places of a sequence that an `Embedding` with `mask_zero` marks as empty, because their number is 0. Averages
/// over the sequence leave them out. Keras 3 writes them into calls, as `NotEqual` and an argument `mask`; Keras 2, and
/// both in a `Sequential`, hand them on unseen from layer to layer.
extension GraphBuilder {
  /// The origin of the mask of a value.
  enum Mask: Equatable {
    /// Where these numbers are not 0.
    case numbers(Graph.Value)
    /// Masks of several inputs.
    case several
  }

  /// Classes that hand masks on.
  private static let transparent: Set<String> = [
    "Activation", "ActivityRegularization", "Add", "AlphaDropout", "Average", "Concatenate", "Dense", "Dropout", "ELU",
    "GaussianDropout", "GaussianNoise", "GroupNormalization", "Identity", "InputLayer", "LayerNormalization",
    "LeakyReLU",
    "Maximum", "Minimum", "Multiply", "PReLU", "ReLU", "SpatialDropout1D", "Subtract", "ThresholdedReLU",
    "UnitNormalization",
  ]

  /// The mask that a call of a layer gets; nil for none.
  func mask(for entry: LayerEntry, call: Int, inputs: [Graph.Value]) -> Mask? {
    if entry.isMasked(call: call) { return inputs.last.map { .numbers($0) } }
    guard !entry.isKeras3 else { return nil }
    let found = inputs.compactMap { masks[$0] }
    return found.allSatisfy { $0 == found[0] } ? found.first : .several
  }

  /// Notes the mask that goes with the output of a layer.
  mutating func noteMask(
    _ output: Graph.Value, of entry: LayerEntry, _ layer: any Layer, inputs: [Graph.Value], mask: Mask?
  ) {
    if (layer as? Embedding)?.masksZero == true, !entry.isKeras3 {
      masks[output] = .numbers(inputs[0])
    } else if let mask, GraphBuilder.transparent.contains(entry.className) {
      masks[output] = mask
    }
  }

  /// Refuses layers that would compute something else under a mask.
  func checkMask(_ mask: Mask, of entry: LayerEntry, call: Int) throws(ImportError) {
    let usesMasks = ["Softmax", "BatchNormalization"].contains(entry.className) || entry.isMasked(call: call)
    guard entry.className == "GlobalAveragePooling1D" ? mask != .several : !usesMasks else {
      throw ImportError(
        "layer '\(entry.name)' (\(entry.className)) gets the mask of an Embedding with mask_zero, which only "
          + "GlobalAveragePooling1D takes here, and one mask only; set mask_zero to false.")
    }
  }

  /// Appends an average over the places that the mask leaves: sum of x * m / sum of m, m = min(number, 1).
  mutating func appendAverage(
    _ entry: LayerEntry, call: Int, of input: Graph.Value, numbers: Graph.Value, in frame: Frame
  ) throws(ImportError) -> Graph.Value {
    let keeps: [String: JSONValue] = entry.values["keepdims"] == true ? ["keepdims": true] : [:]
    func append(
      _ graph: inout GraphBuilder, _ part: String, _ operation: String, _ arguments: [String: JSONValue],
      _ inputs: [Graph.Value]
    ) throws(ImportError) -> Graph.Value {
      try graph.append(
        Operation(operation, arguments), entry.renamed("\(entry.name)\(part)"), call: call, inputs: inputs, in: frame)
    }
    let places = try append(&self, "_mask", "minimum", ["constant": 1], [numbers])
    let column = try append(&self, "_column", "expand_dims", ["axis": 2], [places])
    let kept = try append(&self, "_kept", "multiply", [:], [input, column])
    let sum = try append(&self, "_sum", "sum", keeps.merging(["axis": 1]) { $1 }, [kept])
    let count = try append(&self, "_count", "sum", keeps.merging(["axis": 1]) { $1 }, [column])
    return try append(&self, "", "divide", [:], [sum, count])
  }
}

extension LayerEntry {
  /// Keras 3's `not_equal(numbers, 0)`, of which masks are made.
  var isMaskMaking: Bool { className == "NotEqual" && isOperation }

  /// Whether a call has a mask among its arguments.
  func isMasked(call: Int) -> Bool {
    guard calls.indices.contains(call), case .tensor? = calls[call].keywords["mask"] else { return false }
    return true
  }

  /// The numbers that a mask is made of are all that is known of it.
  func checkMaskMaking(call: Int) throws(ImportError) {
    let arguments = calls[call].arguments
    guard arguments.count == 2, case .tensor = arguments[0], case .constant(let number) = arguments[1],
      number.asNumber == 0
    else {
      throw ImportError(
        "'\(name)' is the operation NotEqual, which is supported where it makes a mask of numbers that are not 0 only; "
          + "use "
          + "other operations, or layers.")
    }
  }
}

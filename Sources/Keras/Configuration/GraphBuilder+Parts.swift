import Networks
import Tensors

/// `split`, which gives several tensors: each that is read becomes a selection of its own.
extension GraphBuilder {
  /// - Parameter read: positions of the parts that anything reads; the others are left out, and the first one that is
  ///   read stands in their places.
  mutating func appendParts(
    _ entry: LayerEntry, call: Int, of input: Graph.Value, read: Set<Int>, in frame: Frame
  ) throws(ImportError) -> [Graph.Value] {
    let shape = graph.shape(input)
    let (places, axis) = try entry.cuts(call: call, shape)
    let bounds = [0] + places + [shape.dimensions[axis]]
    var values: [Graph.Value?] = []
    for (position, (start, stop)) in zip(bounds, bounds.dropFirst()).enumerated() {
      guard read.contains(position) else {
        values.append(nil)
        continue
      }
      let whole = JSONValue.object(["start": .null, "stop": .null, "step": .null])
      var key = Array(repeating: whole, count: shape.rank + 1)
      key[axis + 1] = .object(["start": .integer(start), "stop": .integer(stop), "step": .null])
      values.append(
        try append(
          Operation("get_item", ["key": .array(key)]), entry.renamed("\(entry.name)_part\(position)"), call: call,
          inputs: [input], in: frame))
    }
    guard let first = values.compactMap(\.self).first else {
      throw ImportError("'\(entry.name)' splits a tensor whose parts nothing reads; save the model again.")
    }
    return values.map { $0 ?? first }
  }

  /// TensorFlow's product of matrices can transpose them; Keras 3's cannot, so that operations of their own do.
  mutating func appendTransposes(
    _ entry: LayerEntry, call: Int, of inputs: [Graph.Value], in frame: Frame
  ) throws(ImportError) -> [Graph.Value] {
    var values = inputs
    for (index, key) in ["transpose_a", "transpose_b"].enumerated() where index < inputs.count {
      guard case .constant(true)? = entry.calls[call].keywords[key] else { continue }
      let rank = graph.shape(inputs[index]).rank
      guard rank >= 2 else {
        throw ImportError(
          "'\(entry.name)' transposes a tensor of shape \(graph.shape(inputs[index])); it must have two axes.")
      }
      let order = Array(0..<rank - 1) + [rank, rank - 1]
      values[index] = try append(
        Operation("transpose", ["axes": .array(order.map { .integer($0) })]), entry.renamed("\(entry.name)_\(key)"),
        call: call,
        inputs: [inputs[index]], in: frame)
    }
    return values
  }

  /// What adds the size of a layer's outputs to the loss is a layer of its own behind it, where Keras has it as an
  /// argument.
  mutating func appendActivityRegularization(
    _ entry: LayerEntry, call: Int, of outputs: [Graph.Value], in frame: Frame
  ) throws(ImportError) -> [Graph.Value] {
    guard
      let layer = try ActivityRegularization(
        of: entry.className, named: entry.name, entry.values, foreign: foreign)
    else { return outputs }
    var values: [Graph.Value] = []
    for output in outputs {
      let value = try append(
        layer, entry.renamed(layer.name(behind: entry.name)), call: call, inputs: [output], in: frame)
      take(over: output, to: value)
      values.append(value)
    }
    return values
  }
}

extension LayerEntry {
  var isSplit: Bool { values["function"] == "split" || values["function"] == nil && className == "Split" }

  /// Where the parts behind the first one begin, and the axis of a sample that is cut.
  fileprivate func cuts(call: Int, _ shape: Shape) throws(ImportError) -> (places: [Int], axis: Int) {
    func argument(_ key: String) -> JSONValue {
      if case .constant(let value)? = calls[call].keywords[key] { return value }
      return values[key] ?? .null
    }
    let isTensorFlows = values["function"] != nil
    let parts = argument(isTensorFlows ? "num_or_size_splits" : "indices_or_sections")
    let counted = argument("axis").asInteger ?? 0
    let axis = counted < 0 ? counted + shape.rank : counted - 1
    guard shape.dimensions.indices.contains(axis) else {
      throw ImportError(
        "'\(name)' splits the axis \(counted) of \(shape); name an axis of the samples, counted with the batch.")
    }
    let size = shape.dimensions[axis]
    var places = (parts.asArray ?? []).compactMap(\.asInteger)
    if let count = parts.asInteger {
      guard count > 0, count <= size, size % count == 0 else {
        throw ImportError("'\(name)' splits \(size) places into \(count) equal parts; take a number that divides them.")
      }
      places = Array(stride(from: size / count, to: size, by: size / count))
    } else if isTensorFlows {
      // TensorFlow has the sizes of the parts.
      var place = 0
      places = places.dropLast().map { size in
        place = place.addingReportingOverflow(size).partialValue
        return place
      }
    }
    let bounds = [0] + places + [size]
    guard parts.asInteger != nil || parts.asArray?.allSatisfy({ ($0.asInteger ?? 0) > 0 }) == true,
      zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw ImportError(
        "'\(name)' splits \(size) places by \(parts.brief); the parts must follow each other and none be empty.")
    }
    return (places, axis)
  }
}

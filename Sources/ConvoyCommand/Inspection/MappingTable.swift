import Keras
import Networks
import Tensors

/// The table of `convoy import`: which array becomes which variable, and what is left.
struct MappingTable: Encodable {
  struct Row: Encodable {
    let source: String
    let target: String
    let matchedBy: WeightMapping.Reason
    let shape: [Int]
    /// What is done to the array, in this order.
    let changes: [String]
  }

  struct Head: Encodable {
    let layer: String
    let classes: Int
    /// Arrays of the file that are not used.
    let replaces: [String]
  }

  let file: String
  let format: ModelFileFormat
  let model: String
  let matches: [Row]
  let problems: [String]
  let newHead: Head?
  let ignored: [String]
  let matchedNumbers: Int
  let modelNumbers: Int
  let matchedArrays: Int
  let fileArrays: Int

  init(
    _ mapping: WeightMapping, of weights: KerasWeights, _ graph: Graph, head: String?, replaced: [StoredTensor]
  ) {
    (file, format, model) = (weights.file, weights.format, graph.name)
    matches = mapping.matches.map {
      Row(
        source: $0.source.name, target: $0.target.path, matchedBy: $0.reason, shape: $0.target.parameter.shape,
        changes: $0.rearrangements.map(\.description))
    }
    problems = mapping.problems.map(\.sentence)
    newHead = head.map {
      Head(layer: $0, classes: graph.outputShapes[0].dimensions.last ?? 0, replaces: replaced.map(\.name))
    }
    ignored = mapping.ignored.map(\.name)
    matchedNumbers = mapping.matches.reduce(0) { $0 + $1.target.parameter.count }
    modelNumbers = graph.parameterCount
    matchedArrays = mapping.matches.count
    fileArrays = weights.tensors.count - mapping.ignored.count
  }

  var text: String {
    var table = TextTable([
      ("array", .left), ("variable", .left), ("matched by", .left), ("shape", .left), ("changes", .left),
    ])
    for row in matches {
      table.add([
        row.source, row.target, row.matchedBy.rawValue, "(\(row.shape.map(String.init).joined(separator: ", ")))",
        row.changes.joined(separator: ", "),
      ])
    }
    var lines = ["\(file) (\(format.rawValue)) into \(model):", "", table.text, ""]
    lines += problems.map { "not matched: \($0)" }
    if let newHead {
      let old = newHead.replaces.isEmpty ? "" : " instead of \(newHead.replaces.joined(separator: ", "))"
      lines.append("new head: '\(newHead.layer)' with \(newHead.classes) classes\(old)")
    }
    if !ignored.isEmpty { lines.append("not needed: \(ignored.count) counters and states, such as \(ignored[0])") }
    lines.append(
      "coverage: \(percent(matchedNumbers, modelNumbers)) of the model (\(matchedNumbers.grouped) of "
        + "\(modelNumbers.grouped) numbers), \(percent(matchedArrays, fileArrays)) of the file "
        + "(\(matchedArrays.grouped) of \(fileArrays.grouped) arrays)")
    return lines.joined(separator: "\n")
  }

  /// Rounded down, so that only everything is 100 %.
  private func percent(_ part: Int, _ whole: Int) -> String {
    let tenths = whole == 0 ? 1000 : Int((Double(part) / Double(whole) * 1000).rounded(.down))
    return "\(tenths / 10).\(tenths % 10) %"
  }
}

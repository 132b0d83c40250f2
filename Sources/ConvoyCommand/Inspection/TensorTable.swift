import Keras
import Tensors

/// The table of `convoy inspect` about weights without an architecture.
struct TensorTable: Encodable {
  struct Row: Encodable {
    let name: String
    let shape: [Int]
    let type: String
    let count: Int
  }

  let file: String
  let format: ModelFileFormat
  let arrays: [Row]
  let numbers: Int

  init(_ weights: KerasWeights) {
    (file, format) = (weights.file, weights.format)
    arrays = weights.tensors.map { Row(name: $0.name, shape: $0.shape, type: $0.typeName, count: $0.count) }
    numbers = arrays.reduce(0) { $0 + $1.count }
  }

  var text: String {
    var table = TextTable([("array", .left), ("shape", .left), ("type", .left), ("numbers", .right)])
    for row in arrays {
      table.add([row.name, "(\(row.shape.map(String.init).joined(separator: ", ")))", row.type, row.count.grouped])
    }
    table.add(["total", "", "", numbers.grouped])
    return "\(file): \(format.rawValue), without an architecture\n\n\(table.text)"
  }
}

import HDF5
import Keras
import Networks
import Training

/// The work of `convoy verify`, `inspect`, `import` and `--resume` on a file.
enum ModelReading {
  /// Weights that a model may claim before it is left alone: the file's own arrays are read all the same.
  private static let mostWeights = 1 << 22

  /// Links may lead to the same groups again and again.
  private static let mostObjects = 1000

  static func read(_ path: String) {
    if let verification = try? Verification(of: path) { _ = verification.text }
    _ = Verification.damagedAttributes(of: path)
    _ = Checkpoint.isCheckpoint(path)
    _ = try? Checkpoint.header(of: path)
    if let stored = try? KerasWeights(reading: path) {
      for tensor in stored.tensors { _ = try? tensor.read() }
    }
    if let model = try? KerasModel(reading: path) {
      let table = ParameterTable(model.graph)
      if table.entries.reduce(0, { $0 + $1.parameter.count }) <= mostWeights {
        let weights = Weights(table)
        try? model.load(into: weights)
      }
    }
    var left = mostObjects
    if let file = try? File(reading: path, followingSoftLinks: false) { visit(file.root, depth: 0, &left) }
  }

  /// The same file with the checksums that its structures should have, as far as they can be found; every eighth file
  /// stays as it is.
  static func repaired(_ bytes: [UInt8], in folder: FuzzFolder) -> [UInt8] {
    var result = bytes
    guard bytes.count % 8 != 0 else { return result }
    for _ in 0..<64 {
      var wrong: (place: Int, value: UInt32)?
      folder.with("checksums.h5", result) { wrong = File.wrongChecksum(in: $0) }
      guard let wrong, wrong.place + 4 <= result.count else { break }
      for byte in 0..<4 { result[wrong.place + byte] = UInt8(truncatingIfNeeded: wrong.value >> (8 * UInt32(byte))) }
    }
    return result
  }

  /// Everything that the file holds, whether Keras would look there or not.
  private static func visit(_ group: Group, depth: Int, _ left: inout Int) {
    guard depth < 8 else { return }
    visit(group.attributes)
    for name in (try? group.names()) ?? [] where left > 0 {
      left -= 1
      if let member = try? group.group(name) { visit(member, depth: depth + 1, &left) }
      guard let dataset = try? group.dataset(name) else { continue }
      visit(dataset.attributes)
      _ = try? dataset.byteRange()
      _ = try? dataset.read(Double.self, limit: 1 << 26)
      _ = try? dataset.readStrings(limit: 1 << 26)
      _ = try? dataset.readOpaque(limit: 1 << 26)
    }
  }

  private static func visit(_ attributes: Attributes) {
    for name in (try? attributes.names()) ?? [] {
      _ = try? attributes.bytes(name)
      _ = try? attributes.values(name, as: Float.self)
    }
  }
}

import Foundation
import TemporaryFiles

extension SafetensorsFile {
  /// An array to write.
  public struct NewTensor {
    let name: String
    let shape: [Int]
    let values: () -> [Float]

    /// - Parameter values: called once, when it is this array's turn.
    public init(_ name: String, _ shape: [Int], _ values: @escaping () -> [Float]) {
      (self.name, self.shape, self.values) = (name, shape, values)
    }
  }

  private struct Line: Encodable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  /// Writes arrays of 32-bit floats, whole or not at all.
  public static func write(
    _ tensors: [NewTensor], metadata: [String: String], to path: String
  ) throws(ArchiveError) {
    let header = header(tensors, metadata)
    let temporary = TemporaryFile(for: path)
    do {
      let file = try FileHandle(forWritingTo: URL(filePath: temporary.path))
      try file.write(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header)
      for tensor in tensors {
        let values = tensor.values()
        precondition(values.count == tensor.shape.reduce(1, *), "'\(tensor.name)' has \(values.count) values")
        try file.write(contentsOf: unsafe values.withUnsafeBytes { unsafe Data($0) })
      }
      try file.synchronize()
      try file.close()
      guard temporary.take(path) else { throw CocoaError(.fileWriteUnknown) }
    } catch {
      throw ArchiveError(
        path, "cannot be written; check that the folder exists and is writable, and the space left on the disk.")
    }
  }

  /// Padded with spaces to a multiple of 8 bytes, so that the arrays are aligned.
  private static func header(_ tensors: [NewTensor], _ metadata: [String: String]) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func text(_ value: some Encodable) -> String {
      guard let data = try? encoder.encode(value) else { preconditionFailure("names and sizes are always JSON") }
      return String(decoding: data, as: UTF8.self)
    }
    var parts = metadata.isEmpty ? [] : ["\"__metadata__\":\(text(metadata))"]
    var offset = 0
    for tensor in tensors {
      let end = offset + 4 * tensor.shape.reduce(1, *)
      parts.append("\(text(tensor.name)):\(text(Line(dtype: "F32", shape: tensor.shape, data_offsets: [offset, end])))")
      offset = end
    }
    let bytes = Array("{\(parts.joined(separator: ","))}".utf8)
    return bytes + Array(repeating: UInt8(ascii: " "), count: (8 - bytes.count % 8) % 8)
  }
}

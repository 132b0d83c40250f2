import Digests
import Foundation

/// The end of a checkpoint behind its HDF5 part, where HDF5 and Keras do not look: digests of every byte before it.
///
///     {"attributes":[…],"datasets":[{"path":"/model_weights/…","range":[2048,8192],"sha256":"…"},…],…}
///     convoy seal 1 0000000000004321 SHA-256 of the line above
///
/// So a file is verified byte by byte, before the HDF5 library interprets any of it: a damaged one can neither crash
/// nor mislead it. The last line's digest covers all others, and with them the whole file.
struct Seal: Codable, Hashable {
  /// A run of bytes that holds the elements of a dataset, as they are in memory.
  struct Dataset: Codable, Hashable {
    var path: String
    /// First byte and the one behind the last.
    var range: [Int]
    var sha256: String

    var bytes: Range<Int> { range[0]..<range[1] }
  }

  /// The value of an attribute, which lies somewhere among the other bytes.
  struct Attribute: Codable, Hashable {
    /// Of its group or dataset.
    var path: String
    var name: String
    var sha256: String
  }

  /// In the order of their bytes.
  var datasets: [Dataset]
  var attributes: [Attribute]
  /// SHA-256 of all bytes that no dataset holds: names, structure and attributes.
  var rest: String
  /// Of training.
  var step: Int

  private static let title = "convoy seal 1 "
  private static let lengthDigits = 16
  /// Bytes of the last line, with its line ends on both sides.
  private static let endingCount = 1 + title.utf8.count + lengthDigits + 1 + 64 + 1

  /// The two lines.
  func text() throws -> String {
    let body = String(decoding: try JSONEncoder.ofNumbers.encode(self), as: UTF8.self)
    let length = String(body.utf8.count)
    let padding = String(repeating: "0", count: Seal.lengthDigits - length.count)
    return "\(body)\n\(Seal.title)\(padding)\(length) \(SHA256.digest(of: body))\n"
  }

  /// Bytes that no dataset holds, up to `end`.
  func rest(before end: Int) -> [Range<Int>] {
    let starts = [0] + datasets.map(\.bytes.upperBound)
    let ends = datasets.map(\.bytes.lowerBound) + [end]
    return zip(starts, ends).map { $0..<$1 }
  }

  /// Whether a file ends as one with a seal does.
  static func isPresent(in file: FileBytes) throws(FileBytesError) -> Bool {
    guard file.count > endingCount else { return false }
    let start = file.count - endingCount + 1
    return try file.read(start..<start + title.utf8.count) == [UInt8](title.utf8)
  }

  /// The seal of a file and the number of bytes before it; nil where it is missing or itself damaged.
  static func read(_ file: FileBytes) throws(FileBytesError) -> (seal: Seal, end: Int, sha256: String)? {
    guard try isPresent(in: file) else { return nil }
    let ending = try file.read(file.count - endingCount..<file.count)
    let fields = String(decoding: ending, as: UTF8.self).dropFirst(1 + title.count).dropLast().split(separator: " ")
    guard ending.first == 10, ending.last == 10, fields.count == 2, let length = Int(fields[0]) else { return nil }
    let end = file.count - endingCount - length
    guard length > 0, end > 0 else { return nil }
    let body = try file.read(end..<end + length)
    let text = String(decoding: body, as: UTF8.self)
    guard SHA256.digest(of: text) == fields[1],
      let seal = try? JSONDecoder.ofNumbers.decode(Seal.self, from: Data(body)),
      seal.isPossible(before: end)
    else { return nil }
    return (seal, end, String(fields[1]))
  }

  /// Whether the datasets lie one behind the other, inside the file.
  private func isPossible(before end: Int) -> Bool {
    var position = 0
    for dataset in datasets {
      guard dataset.range.count == 2, dataset.range[0] >= position, dataset.range[1] >= dataset.range[0] else {
        return false
      }
      position = dataset.range[1]
    }
    return position <= end
  }
}

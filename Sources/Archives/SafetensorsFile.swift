import Foundation

/// A safetensors file (github.com/huggingface/safetensors): named arrays of numbers behind a header in JSON.
///
/// Opening reads the header and checks it: arrays lie one behind the other, without gaps, up to the end of the file.
public struct SafetensorsFile: Sendable {
  public struct Tensor: Hashable, Sendable {
    public let name: String
    /// `F32`, `BF16`, `I64` and so on.
    public let type: String
    public let shape: [Int]
    let range: Range<Int>
  }

  /// As the format itself says: 100 MB.
  static let mostHeaderBytes = 100_000_000
  private static let typeBytes = [
    "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2, "I8": 1,
    "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1,
  ]

  public let path: String
  /// By name.
  public let tensors: [Tensor]
  public let metadata: [String: String]
  let file: ByteFile
  let dataStart: Int

  public init(reading path: String) throws(ArchiveError) {
    self.path = path
    file = try ByteFile(path)
    let length = file.count >= 8 ? try file.read(0..<8).integer(at: 0, size: 8) : .max
    guard length <= min(SafetensorsFile.mostHeaderBytes, file.count - 8) else {
      throw ArchiveError(
        path, "this is no safetensors file, or it is truncated: its header does not fit; copy it again.")
    }
    dataStart = 8 + length
    let text = try file.read(8..<dataStart)
    let members: [String: Member]
    do { members = try JSONDecoder().decode([String: Member].self, from: Data(text)) } catch {
      throw ArchiveError(
        path, "the header of this safetensors file cannot be understood; it is damaged, copy it again.")
    }
    var tensors: [Tensor] = []
    var metadata: [String: String] = [:]
    for (name, member) in members {
      switch member {
      case .metadata(let values): metadata = values
      case .tensor(let type, let shape, let offsets): tensors.append(try Tensor(name, type, shape, offsets, path))
      }
    }
    self.metadata = metadata
    self.tensors = tensors.sorted { $0.name < $1.name }
    var end = 0
    for tensor in tensors.sorted(by: {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }) {
      guard tensor.range.lowerBound == end else {
        throw ArchiveError(
          path, "the array '\(tensor.name)' overlaps another one or leaves a gap; the file is damaged, copy it again.")
      }
      end = tensor.range.upperBound
    }
    guard end == file.count - dataStart else {
      throw ArchiveError(
        path,
        "its arrays take \(end) bytes, but \(file.count - dataStart) are there; the file is damaged, copy it again.")
    }
  }

  /// The values of an array of floats, converted to 32 bits.
  public func read(_ tensor: Tensor) throws(ArchiveError) -> [Float] {
    let bytes = try file.read(dataStart + tensor.range.lowerBound..<dataStart + tensor.range.upperBound)
    switch tensor.type {
    case "F32": return bytes.values(of: UInt32.self) { Float(bitPattern: $0) }
    case "F64": return bytes.values(of: UInt64.self) { Float(Double(bitPattern: $0)) }
    case "F16": return bytes.values(of: UInt16.self) { Float(Float16(bitPattern: $0)) }
    case "BF16": return bytes.values(of: UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    default:
      throw ArchiveError(path, "the array '\(tensor.name)' holds \(tensor.type), not floats; save it as 32-bit floats.")
    }
  }

  private enum Member: Decodable {
    case metadata([String: String])
    case tensor(type: String, shape: [Int], offsets: [Int])

    private enum CodingKeys: String, CodingKey {
      case type = "dtype"
      case shape
      case offsets = "data_offsets"
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      if decoder.codingPath.last?.stringValue == "__metadata__" {
        self = .metadata(try decoder.singleValueContainer().decode([String: String].self))
      } else {
        self = .tensor(
          type: try values.decode(String.self, forKey: .type), shape: try values.decode([Int].self, forKey: .shape),
          offsets: try values.decode([Int].self, forKey: .offsets))
      }
    }
  }
}

extension SafetensorsFile.Tensor {
  fileprivate init(
    _ name: String, _ type: String, _ shape: [Int], _ offsets: [Int], _ path: String
  ) throws(ArchiveError) {
    guard let size = SafetensorsFile.bytes(ofType: type) else {
      throw ArchiveError(
        path, "the array '\(name)' is of type '\(type)', which is not known; save it as 32-bit floats.")
    }
    let bytes = shape.reduce(size) { $1 < 0 ? .max : $0.saturatingMultiplied(by: $1) }
    guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0], offsets[1] - offsets[0] == bytes else {
      throw ArchiveError(
        path,
        "the array '\(name)' of shape \(shape) does not take the bytes that the header gives it; the file is damaged, "
          + "copy it again."
      )
    }
    self.init(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
  }
}

extension SafetensorsFile {
  fileprivate static func bytes(ofType type: String) -> Int? { typeBytes[type] }
}

extension [UInt8] {
  fileprivate func values<Pattern: FixedWidthInteger & BitwiseCopyable>(
    of type: Pattern.Type, _ value: (Pattern) -> Float
  ) -> [Float] {
    unsafe withUnsafeBytes { bytes in
      (0..<count / MemoryLayout<Pattern>.size).map {
        value(
          Pattern(
            littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Pattern>.size, as: Pattern.self))
        )
      }
    }
  }
}

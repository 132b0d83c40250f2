import Datasets
import Digests
import Foundation
import Tensors

/// The data that a run is trained on or measured on: number, names, sizes and labels of all samples, and their bytes.
///
/// Of more than `limit` bytes only some samples are read. Where the data lies does not matter.
public struct DataDigest: Hashable, Sendable, Codable {
  public let count: Int
  public let sha256: String

  /// Bytes that are read; more would keep the start waiting.
  private static let limit = 1 << 28
  /// Samples that are read of more.
  private static let chosen = 256
  /// Samples of one piece of work.
  private static let block = 256

  /// Collective, for data that is the same on all ranks.
  ///
  /// - Parameter contents: gets a key of the bytes of each sample; stays empty where only some are read.
  init(_ source: any DataSource, _ work: SharedWork, contents keys: inout [UInt64]) throws(TrainingError) {
    let count = source.count
    let blocks = try work.map((count + DataDigest.block - 1) / DataDigest.block) { block in
      DataDigest.describe(source, block * DataDigest.block..<min(count, (block + 1) * DataDigest.block))
    }
    let isSmall = blocks.reduce(0) { $0 + $1.bytes } <= DataDigest.limit
    let read = isSmall ? count : min(count, DataDigest.chosen)
    let perBlock = isSmall ? DataDigest.block : 8
    let contents = try work.map((read + perBlock - 1) / perBlock) { block in
      let hash = SHA256()
      var keys: [UInt64] = []
      for place in block * perBlock..<min(read, (block + 1) * perBlock) {
        // What cannot be read is found when all images are looked at.
        let bytes = (try? source.storedBytes(place * count / read)) ?? []
        hash.update(bytes)
        if isSmall { keys.append(ContentKey.of(bytes)) }
      }
      return Contents(sha256: hash.finish(), keys: keys)
    }
    let hash = SHA256()
    hash.update("\(count) \(source.element) \(source.labelCount ?? 0) \(source.classNames)")
    for block in blocks { hash.update(block.sha256) }
    for content in contents { hash.update(content.sha256) }
    keys = contents.flatMap(\.keys)
    (self.count, sha256) = (count, hash.finish())
  }

  private struct Contents: Codable, Sendable {
    let sha256: String
    let keys: [UInt64]
  }

  private struct Block: Codable, Sendable {
    let sha256: String
    let bytes: Int
  }

  private static func describe(_ source: any DataSource, _ samples: Range<Int>) -> Block {
    let hash = SHA256()
    var bytes = 0
    let others = source.columnsBesideLabels
    for index in samples {
      let stored = (try? source.stored(index)) ?? StoredSample(size: -1)
      bytes += max(stored.size, 0)
      let labels =
        source.labelCount.map { count in (0..<count).map { source.hasLabel($0, at: index) ? "1" : "0" }.joined() }
        ?? String(source.label(at: index))
      hash.update("\(stored.name)\0\(stored.size)\0\(labels)\n")
      // Data of images and classes alone has the digest that it always had.
      if !others.isEmpty { hash.update(source.numbers(of: others, at: index)) }
    }
    return Block(sha256: hash.finish(), bytes: bytes)
  }
}

extension DataSource {
  /// Columns of numbers that are not the class or classes.
  var columnsBesideLabels: [Int] { columns.indices.filter { !columns[$0].kind.isPicture && $0 != labelColumn } }

  /// The numbers of some columns of a sample.
  func numbers(of columns: [Int], at index: Int) -> String {
    columns.map { column in
      let shape = self.columns[column].shape
      var numbers = (0..<shape.count).map { number($0, of: column, at: index) }
      if self.columns[column].kind == .text {
        // How much room there is for texts is no part of the data.
        numbers = stride(from: 0, to: numbers.count, by: shape.channels).flatMap { start in
          numbers[start..<start + shape.channels].prefix { $0 != 0 } + [0]
        }
      }
      return "\(self.columns[column].name) \(numbers.map { String($0) }.joined(separator: " "))\n"
    }.joined()
  }
}

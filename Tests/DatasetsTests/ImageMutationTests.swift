import Datasets
import Foundation
import Tensors
import Testing

/// Images with oddities and damage of many kinds, and what Pillow makes of each
/// (`Tests/Fixtures/images/make_mutations.py`).
@Suite struct ImageMutationTests {
  struct Table: Decodable {
    let pixels: [String]
    let mutations: [Mutation]
  }

  struct Mutation: Decodable, CustomStringConvertible {
    let base: String
    let at: Int, remove: Int
    let insert: String
    /// Nil where the file must be refused.
    let pixels: Int?
    let reason: String?
    let kind: String

    var description: String { "\(base), \(kind) at \(at): -\(remove) +\(insert) (\(reason ?? "read"))" }

    func bytes(of base: [UInt8]) -> [UInt8] {
      let digits = Array(insert)
      let new = stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16)! }
      return base[..<at] + new + base[(at + remove)...]
    }
  }

  @Test func whatPillowReadsIsReadAndNothingElse() throws {
    let table = try JSONDecoder().decode(
      Table.self, from: Data(contentsOf: URL(fileURLWithPath: fixture("mutations.json"))))
    let pictures = table.pixels.map { [UInt8](Data(base64Encoded: $0)!) }
    #expect(table.mutations.count > 1000 && table.mutations.count { $0.pixels == nil } > 300)
    let folder = try TemporaryFolder()
    for mutation in table.mutations {
      let path = try folder.write("image", mutation.bytes(of: bytes(fixture(mutation.base))))
      let found = Result { try ImageFileSource(files: [path], shape: [10, 13, 3]).upperBytes(0) }
      switch (found, mutation.pixels) {
      case (.success(let pixels), let wanted?):
        let difference = zip(pixels, pictures[wanted]).map { abs(Int($0) - Int($1)) }.max()!
        #expect(difference <= (mutation.base.hasSuffix("jpg") ? 2 : 0), "\(mutation)")
      case (.failure(let error), nil): #expect("\(error)".contains(path))
      case (.failure(let error), _?): Issue.record("\(mutation) was refused: \(error)")
      case (.success, nil): Issue.record("\(mutation) was read")
      }
    }
  }
}

extension ImageFileSource {
  /// The image of a sample in bytes, of numbers of 16 bits the upper ones.
  func upperBytes(_ index: Int) throws(DataError) -> [UInt8] {
    element == .byte ? try sample(index) : try numbers(index).map { UInt8(($0 * 65_535).rounded() / 256) }
  }
}

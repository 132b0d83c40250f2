import Datasets
import Foundation
import Tensors
import Testing

/// Every format and variant of image files (`Tests/Fixtures/images/make_formats.py`): whole, truncated and damaged.
@Suite struct ImageFormatTests {
  struct Table: Decodable { let files: [Entry] }

  struct Entry: Decodable, CustomTestStringConvertible {
    let name: String
    let file: Data
    let shape: [Int]
    let element: SampleElement
    let pixels: Data
    let background: [Int]?

    var testDescription: String { name }

    /// Its pixels, decoded.
    var numbers: [Double] {
      guard element == .float else { return pixels.map(Double.init) }
      return stride(from: 0, to: pixels.count, by: 4).map { start in
        Double(Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(pixels[start + $1]) << (8 * UInt32($1)) }))
      }
    }

    func open(_ path: String) throws(DataError) -> ImageFileSource {
      var decoding = ImageDecoding()
      decoding.background = background
      return try ImageFileSource(files: [path], decoding: decoding)
    }
  }

  static let entries =
    (try? JSONDecoder().decode(Table.self, from: Data(contentsOf: URL(filePath: fixture("formats.json")))))?.files ?? []

  @Test func allAreThere() {
    #expect(ImageFormatTests.entries.count > 130)
    for ending in ["jpg", "png", "webp", "gif", "bmp", "tif", "pgm"] {
      #expect(ImageFormatTests.entries.contains { $0.name.hasSuffix(ending) })
    }
  }

  @Test(arguments: entries) func decodesAsItMust(_ entry: Entry) throws {
    let folder = try TemporaryFolder()
    // The name says nothing.
    let source = try entry.open(try folder.write("image", Array(entry.file)))
    #expect(source.shape.dimensions == entry.shape && source.element == entry.element)
    for (own, wanted) in zip(try source.numbers(0), entry.numbers) {
      let step = entry.element == .byte ? 1 : max(1 / 65_535.0, wanted.magnitude * 1e-6)
      guard (own - wanted).magnitude > step else { continue }
      Issue.record("\(own) is not \(wanted)")
      break
    }
  }

  @Test(arguments: entries) func whatIsTruncatedIsRefused(_ entry: Entry) throws {
    let folder = try TemporaryFolder()
    let whole = try entry.open(try folder.write("image", Array(entry.file))).sample(0)
    // The last number of a text may be any beginning of it.
    for length in 0..<entry.file.count - (entry.name.hasPrefix("text") ? 4 : 0) {
      let path = try folder.write("image", Array(entry.file.prefix(length)))
      do {
        // What is missing may be a mark behind the pixels.
        #expect(try entry.open(path).sample(0) == whole, "\(length) bytes")
      } catch {
        #expect("\(error)".contains(path) && "\(error)".contains("; "))
      }
    }
  }

  @Test(arguments: entries) func whatIsDamagedNeverCrashes(_ entry: Entry) throws {
    let folder = try TemporaryFolder()
    for place in 0..<entry.file.count {
      var bytes = Array(entry.file)
      bytes[place] ^= UInt8(truncatingIfNeeded: 1 << (place % 8)) | 0x80
      let path = try folder.write("image", bytes)
      do { _ = try entry.open(path).sample(0) } catch { #expect("\(error)".contains(path)) }
    }
  }
}

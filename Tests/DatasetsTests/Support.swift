import Datasets
import Foundation
import Tensors
import Testing

/// A folder that is removed when the test has ended.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "convoy-datasets-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
  }
}

/// The path of an image of Tests/Fixtures/images.
func fixture(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/images/\(name)").path
}

func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

/// The error of `body` names all of `parts`.
func expectDataError(_ parts: String..., from body: () throws -> Void, at location: SourceLocation = #_sourceLocation) {
  do {
    try body()
    Issue.record("no error was thrown", sourceLocation: location)
  } catch let error as DataError {
    for part in parts {
      #expect(error.description.contains(part), "\(error) does not say \(part)", sourceLocation: location)
    }
    #expect(!error.description.contains("\n"), sourceLocation: location)
  } catch {
    Issue.record("\(error) is not a DataError", sourceLocation: location)
  }
}

/// A source whose sample i holds bytes that only i decides, and which fails at one of them.
struct CountingSource: DataSource {
  let count: Int
  var shape: Shape = [6, 5, 2]
  var failing: Int?

  var location: String { "counting" }
  var columns: [Column] { [.image(shape), .label()] }
  func number(_ place: Int, of column: Int, at index: Int) -> Double { Double(index % 7) }

  func byte(_ index: Int, _ position: Int) -> UInt8 { UInt8(truncatingIfNeeded: index &* 31 &+ position &* 7) }

  func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) throws(DataError) {
    if index == failing { throw DataError("sample \(index)", "is broken", remedy: "mend it") }
    if wanted.contains(0) {
      for position in 0..<sampleSize { sample[0, position] = Float(byte(index, position)) }
    }
    if wanted.contains(1) { sample[1, 0] = Float(index % 7) }
  }
}

/// Samples with a column of every kind, each of whose values says which sample it is of.
func everyKind(count: Int = 40, height: Int = 4, width: Int = 6) -> MemorySource {
  let samples = 0..<count
  func column(_ name: String, _ kind: Column.Kind, _ shape: Shape, _ element: SampleElement = .float) -> Column {
    Column(name, kind, element, shape: shape, void: kind == .mask ? 255 : nil)
  }
  let pixels = height * width
  return MemorySource(
    "every kind",
    [
      ColumnValues(
        column("image", .image, [height, width, 3], .byte),
        bytes: samples.flatMap { Array(repeating: UInt8($0), count: pixels * 3) }),
      ColumnValues(column("label", .category, [1]), integers: samples.map { Int32($0 * 3) }),
      ColumnValues(
        column("mask", .mask, [height, width, 1], .byte),
        bytes: samples.flatMap { Array(repeating: UInt8($0 + 1), count: pixels) }),
      ColumnValues(
        column("boxes", .boxes, [2, 5]),
        floats: samples.flatMap { [0.25, 0.25, 0.5, 0.5, Float($0), 0, 0, 0, 0, 0] }),
      ColumnValues(
        column("tags", .categories, [6]),
        integers: samples.flatMap { sample in (0..<6).map { Int32(sample >> $0 & 1) } }),
      ColumnValues(column("age", .numbers, [2]), floats: samples.flatMap { [Float($0), -Float($0)] }),
      ColumnValues(column("weight", .weight, [1]), floats: samples.map { Float($0) / 4 }),
    ])
}

/// What the values of a sample of `everyKind` say of which sample they are.
func sampleNumbers(_ numbers: [String: [Float]]) -> [String: Int] {
  numbers.reduce(into: [:]) { result, entry in
    let values = entry.value
    switch entry.key {
    case "image": result["image"] = Set(values).count == 1 ? Int(values[0]) : -1
    case "label": result["label"] = Int(values[0]) / 3
    case "mask": result["mask"] = Set(values).count == 1 ? Int(values[0]) - 1 : -1
    case "boxes": result["boxes"] = Int(values[4])
    case "tags": result["tags"] = (0..<6).reduce(0) { $0 + Int(values[$1]) << $1 }
    case "age": result["age"] = values[0] == -values[1] ? Int(values[0]) : -1
    default: result[entry.key] = Int(values[0] * 4)
    }
  }
}

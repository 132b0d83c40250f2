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
  var element: SampleElement { .byte }
  var classNames: [String] { [] }
  func label(at index: Int) -> Int { index % 7 }

  func byte(_ index: Int, _ position: Int) -> UInt8 { UInt8(truncatingIfNeeded: index &* 31 &+ position &* 7) }

  func read(_ index: Int, into target: inout MutableRawSpan) throws(DataError) {
    if index == failing { throw DataError("sample \(index)", "is broken", remedy: "mend it") }
    for position in 0..<sampleSize {
      target.storeBytes(of: byte(index, position), toByteOffset: position, as: UInt8.self)
    }
  }
}

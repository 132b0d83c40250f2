import Foundation
import HDF5
import Testing

/// The programs of docs/in-swift.md, built as they stand there.
@Suite(.serialized) struct ExampleTests {
  static let programs = ["digits": 30, "network": 36]

  @Test(arguments: programs) func thePageShowsTheProgram(_ name: String, _ mostLines: Int) throws {
    let program = try String(
      contentsOf: ConvoyProcess.root.appending(path: "docs/examples/\(name)/main.swift"), encoding: .utf8)
    #expect(try Documentation("docs/in-swift.md").blocks("swift").contains(program))
    #expect(program.split(separator: "\n").count <= mostLines)
  }

  /// They train, evaluate and predict, on one rank and on two alike.
  @Test(arguments: programs.keys.sorted()) func digitsAreLearnt(_ program: String) throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    try FileManager.default.createSymbolicLink(
      atPath: convoy.path("data"), withDestinationPath: ConvoyProcess.root.appending(path: "data").path)
    let group = try File(reading: convoy.path("data/digits.h5")).root.group("test")
    let images: [UInt8] = try group.dataset("images").read()
    let labels: [UInt8] = try group.dataset("labels").read()
    let ones = labels.indices.filter { labels[$0] == 1 }.prefix(5)
    let names = ones.map { "\($0).png" }
    for (index, name) in zip(ones, names) {
      try convoy.writePicture(name, height: 28, width: 28, channels: 1, images[index * 784..<(index + 1) * 784])
    }
    let alone = try convoy.run(program: program, names)
    #expect(alone.status == 0 && alone.errors.isEmpty, "\(alone.errors)")
    let line = alone.output.firstMatch(of: /(?:^|\n)test loss [0-9.]+ accuracy ([0-9.]+) % .*/)
    let test = try #require(line, "\(alone.output)")
    #expect(try #require(Double(test.1)) > 90, "\(alone.output)")
    let right = alone.lines.filter { line in names.contains { line.hasPrefix("\($0): 1 ") } }
    #expect(right.count >= 4, "\(alone.output)")
    try FileManager.default.removeItem(atPath: convoy.path("runs"))
    let together = try convoy.run(program: program, names, ranks: 2)
    #expect(together.status == 0 && together.output.contains(test.0), "\(together.output)\(together.errors)")
  }

  @Test(arguments: programs.keys.sorted()) func anErrorIsASentence(_ program: String) throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    let result = try convoy.run(program: program, [])
    #expect(result.status == 1 && result.output.hasPrefix("data/digits.h5: "), "\(result.output)\(result.errors)")
  }
}

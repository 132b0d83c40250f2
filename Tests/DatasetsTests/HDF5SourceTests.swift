import Datasets
import Foundation
import HDF5
import Tensors
import Testing

@Suite struct HDF5SourceTests {
  let folder: TemporaryFolder
  var path: String { "\(folder.path)/data.h5" }

  init() throws { folder = try TemporaryFolder() }

  /// Writes a group "part" with images 0, 1, 2, ... of a shape and labels.
  func write<Pixel: Element & Numeric, Label: Element>(
    _ type: Pixel.Type, _ shape: [Int], _ labels: [Label], labelShape: [Int]? = nil, classNames: [String] = []
  ) throws {
    let file = try File(creating: path)
    let group = try file.root.createGroup("part")
    let pixels = (0..<shape.reduce(1, *)).map { Pixel(exactly: $0) ?? 0 }
    _ = try group.write("images", pixels, shape: shape)
    _ = try group.write("labels", labels, shape: labelShape ?? [labels.count])
    if !classNames.isEmpty { try group.attributes.set("class_names", classNames) }
    try file.close()
  }

  @Test func readsTheDigitsOfTheRepository() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let digits = root.appendingPathComponent("data/digits.h5").path
    for (split, count) in [("train", 400), ("test", 100)] {
      let source = try openSource("\(digits):/\(split)", SourceOptions(shape: [28, 28, 1], classes: 10))
      #expect(source.classNames == (0..<10).map(String.init))
      #expect(source.count == 10 * count)
      var counts = [Int](repeating: 0, count: 10)
      for index in 0..<source.count { counts[source.label(at: index)] += 1 }
      #expect(counts == Array(repeating: count, count: 10))
      // Ink covers a fifth of a digit.
      let ink = try (0..<100).map { try source.sample($0).filter { $0 > 0 }.count }.reduce(0, +)
      #expect((10_000...20_000).contains(ink))
    }
  }

  @Test(arguments: [0, 1 << 20]) func readsFromMemoryAndFromTheFile(memoryLimit: Int) throws {
    try write(UInt8.self, [3, 2, 4, 3], [2, 0, 1] as [Int64], classNames: ["a", "b", "c"])
    let source = try openSource("\(path):/part", SourceOptions(shape: [2, 4, 3], classes: 3, memoryLimit: memoryLimit))
    #expect(source.classNames == ["a", "b", "c"])
    #expect((0..<3).map(source.label(at:)) == [2, 0, 1])
    for index in 0..<3 { #expect(try source.sample(index) == (0..<24).map { UInt8(24 * index + $0) }) }
  }

  @Test(arguments: [0, 1 << 20]) func readsOtherNumbersAsFloats(memoryLimit: Int) throws {
    func expectFloats(_ shape: Shape) throws {
      let source = try openSource("\(path):/part", SourceOptions(memoryLimit: memoryLimit))
      #expect(source.shape == shape)
      #expect(source.element == .float)
      let floats = try unsafe source.sample(1).withUnsafeBytes { unsafe Array($0.bindMemory(to: Float.self)) }
      #expect(floats == (0..<shape.count).map { Float(shape.count + $0) })
    }
    try write(Float.self, [2, 5], [0, 1] as [UInt8])
    try expectFloats([5])
    try write(Int16.self, [2, 3, 2], [0, 1] as [Int32], labelShape: [2, 1])
    try expectFloats([3, 2])
    try write(Double.self, [2, 2, 3, 2], [0, 1] as [UInt8])
    try expectFloats([2, 3, 2])
  }

  @Test func bytesWithoutChannelsAreGrey() throws {
    try write(UInt8.self, [2, 3, 4], [0, 1] as [UInt8])
    #expect(try openSource("\(path):/part").shape == [3, 4, 1])
  }

  @Test func severalThreadsReadAtOnce() async throws {
    try write(UInt8.self, [64, 2, 2, 1], [UInt8](repeating: 0, count: 64))
    let source = try openSource("\(path):/part", SourceOptions(memoryLimit: 0))
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<4 {
        group.addTask {
          stride(from: task, to: 64, by: 2).allSatisfy { index in
            (try? source.sample(index)) == (0..<4).map { UInt8(4 * index + $0) }
          }
        }
      }
      for await right in group { #expect(right) }
    }
  }

  @Test func refusesBadFiles() throws {
    try write(UInt8.self, [2, 2, 2, 1], [0, 1] as [UInt8])
    expectDataError(path, "nothing") { _ = try openSource("\(path):/nothing") }
    expectDataError(path, "images") { _ = try openSource(path) }
    expectDataError(path, "(2, 2, 1)", "(28, 28, 1)") {
      _ = try openSource("\(path):/part", SourceOptions(shape: [28, 28, 1]))
    }
    try write(UInt8.self, [2, 2, 2, 1], [0, 1, 1] as [UInt8])
    expectDataError(path, "labels has shape [3] for 2 images") { _ = try openSource("\(path):/part") }
    try write(UInt8.self, [2, 2, 2, 1], [0, -1] as [Int8])
    expectDataError(path, "sample 1 has label -1") { _ = try openSource("\(path):/part") }
    try write(UInt8.self, [2, 2, 2, 1], [0, 3] as [Int8], classNames: ["a", "b"])
    expectDataError(path, "sample 1 has label 3", "0 to 1") { _ = try openSource("\(path):/part") }
    try write(UInt8.self, [2, 2, 2, 1], [0, 10] as [Int8])
    expectDataError(path, "label 10", "10 classes, 0 to 9") {
      _ = try openSource("\(path):/part", SourceOptions(classes: 10))
    }
    try write(UInt8.self, [2, 2, 2, 1], [0, 1] as [Float])
    expectDataError(path, "float32", "integers") { _ = try openSource("\(path):/part") }
    try write(UInt8.self, [0, 2, 2, 1], [] as [UInt8])
    expectDataError(path, "images has shape [0, 2, 2, 1]") { _ = try openSource("\(path):/part") }
  }

  @Test func refusesTruncatedFiles() throws {
    try write(UInt8.self, [50, 28, 28, 1], [UInt8](repeating: 0, count: 50))
    let whole = try bytes(path)
    for part in [9, 100, whole.count / 2, whole.count - 1] {
      let file = try folder.write("truncated-\(part).h5", Array(whole[..<part]))
      expectDataError(file) { _ = try openSource("\(file):/part") }
    }
  }
}

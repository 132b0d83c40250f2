import Datasets
import Foundation
import Tensors
import Testing

/// Arrays that NumPy wrote (Tests/Fixtures/sources).
@Suite struct NumPyTests {
  private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/sources").path

  private func open(_ name: String, image: String, memoryLimit: Int = 0) throws -> any DataSource {
    var options = SourceOptions(memoryLimit: memoryLimit)
    options.columns = try columns(
      #"{"image": {"kind": "image", "from": "\#(image)"}, "row": {"kind": "numbers", "from": "x"}}"#)
    options.columns["row"] = nil
    return try openSource("\(fixtures)/\(name)", options)
  }

  private static let types = ["<", ">"].flatMap { order in
    ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"].flatMap { type in
      ["C", "F"].map { order + type + $0 }
    }
  }

  @Test(arguments: types, [0, 1 << 20]) func readsEveryTypeInEveryOrder(name: String, memoryLimit: Int) throws {
    let source = try open("types.npz", image: name, memoryLimit: memoryLimit)
    let isByte = name.contains("u1")
    // Bytes without channels are grey.
    #expect(source.shape == (isByte ? [3, 4, 1] : [3, 4]) && source.element == (isByte ? .byte : .float))
    for index in [1, 0] {
      let numbers = (0..<12).map { Double(12 * index + $0 - 5) }
      #expect(try source.numbers(index) == (name.contains("u") ? numbers.map(\.magnitude) : numbers))
    }
  }

  @Test func booleansAreNoughtAndOne() throws {
    let source = try open("types.npz", image: "bool")
    #expect(try source.numbers(0) == (0..<12).map { Double(($0 + 1) % 2) } && source.element == .float)
  }

  @Test(arguments: ["v1", "v2", "v3"]) func readsEveryVersion(name: String) throws {
    #expect(try open("versions", image: name).numbers(1) == (7..<19).map(Double.init))
  }

  @Test(
    arguments: [
      ("objects", "Python objects"), ("text", "unique"), ("complex", "complex"), ("fields", "records with fields"),
      ("times", "M8"),
    ]) func refusesWhatAreNoNumbers(name: String, says: String) throws
  {
    try expectSentence(["refused/\(name).npy", says]) { _ = try open("refused", image: name) }
  }

  @Test func namesWhatThereIs() throws {
    try expectSentence(["x_train", "a split, such as :/train"]) { _ = try openSource("\(fixtures)/plain.npz") }
    try expectSentence(["has no array 'images'", "labels_of"]) {
      _ = try openSource("\(fixtures)/types.npz:/labels_of")
    }
  }

  /// A header that is damaged anywhere is an error, never a trap.
  @Test func damagedHeadersAreErrors() throws {
    let folder = try TemporaryFolder()
    let whole = try bytes("\(fixtures)/versions/v1.npy")
    try folder.write("labels.npy", whole)
    for place in 0..<128 {
      for byte in [0, 39, 44, 57, 255] as [UInt8] {
        var damaged = whole
        damaged[place] = byte
        let path = try folder.write("images.npy", damaged)
        do {
          let source = try openSource(path, SourceOptions(memoryLimit: 0))
          for index in 0..<min(source.count, 100) { _ = try source.sample(index) }
        } catch is DataError {}
      }
    }
  }

  @Test func oneHotClassesAreSaid() throws {
    let path = "\(fixtures)/any.h5:/part"
    var options = SourceOptions()
    options.columns = try columns(
      #"{"image": {"kind": "image", "from": "pictures", "dataFormat": "channels_first"}, "label": "categories"}"#)
    options.columns["label"]!.from = ["classes"]
    #expect(try openSource(path, options).labelCount == 10)
    options.columns["label"] = ColumnChoice(.category, from: ["pairs"])
    try expectSentence(["row 0 of pairs is not one-hot"]) { _ = try openSource(path, options) }
    options.columns["image"]!.dataFormat = nil
    try expectSentence(["channels come first", "dataFormat: channels_first"]) { _ = try openSource(path, options) }
  }
}

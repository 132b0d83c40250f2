import Datasets
import Foundation
import Tensors
import Testing

/// Masks beside images, in all the ways in which PNG files hold classes.
@Suite struct MaskTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ mask: String, _ choice: String, shape: Shape? = nil) throws -> any DataSource {
    try folder.write("images/x.y.png", try bytes(fixture("rgb.png")))
    try folder.write("masks/x.y.\(mask.hasSuffix("jpg") ? "jpg" : "png")", try bytes(maskFixture(mask)))
    var options = SourceOptions(shape: shape, resize: shape != nil, memoryLimit: 0)
    options.columns = try columns("{\"mask\": \(choice)}")
    return try openSource(folder.path, options)
  }

  private func mask(_ source: any DataSource) throws -> [Float] {
    var sample = Sample(source.columns)
    try source.read(0, epoch: 0, .all, into: &sample)
    return sample.numbers(of: 1)
  }

  private static let colors = "\"colors\": [[128, 64, 0], [0, 64, 128], [10, 20, 30]]"

  @Test(arguments: [
    ("grey.png", "\"mask\""), ("palette2.png", "\"mask\""), ("palette4.png", "{\"kind\": \"mask\", \"classes\": 3}"),
    ("palette8.png", "{\"kind\": \"mask\", \"classNames\": [\"a\", \"b\", \"c\"]}"),
    ("color.png", "{\"kind\": \"mask\", \(colors)}"), ("palette8.png", "{\"kind\": \"mask\", \(colors)}"),
    ("grey.png", "{\"kind\": \"mask\", \"classes\": 2, \"void\": 2}"),
  ])
  func everyFormGivesTheSameClasses(file: String, choice: String) throws {
    let source = try open(file, choice)
    #expect(source.columns.map(\.shape) == [[10, 13, 3], [10, 13, 1]])
    #expect(try mask(source) == maskClasses())
    // Halved, nothing is blended.
    let half = try open(file, choice, shape: [5, 13, 3])
    #expect(try mask(half) == maskClasses(height: 5))
  }

  @Test func oneBitIsTwoClasses() throws {
    let isOne = maskClasses().map { $0 == 1 ? Float(1) : 0 }
    #expect(try mask(try open("bits.png", "\"mask\"")) == isOne)
  }

  @Test(arguments: [
    ("grey.png", "{\"kind\": \"mask\", \"classes\": 2}", ["x.y.png", "class 2", "2 classes, 0 to 1", "'void'"]),
    ("color.png", "\"mask\"", ["x.y.png", "colours", "'colors'"]),
    (
      "color.png", "{\"kind\": \"mask\", \"colors\": [[128, 64, 0], [0, 64, 128]]}",
      ["[10, 20, 30]", "row 0 and column 2"]
    ),
    ("mask.jpg", "\"mask\"", ["x.y.jpg", "JPEG", "PNG"]), ("small.png", "\"mask\"", ["4x5", "10x13"]),
  ])
  func refusesOtherMasks(file: String, choice: String, parts: [String]) throws {
    let source = try open(file, choice)
    try expectSentence(parts) { _ = try mask(source) }
  }

  @Test func everyImageHasAMask() throws {
    _ = try open("grey.png", "\"mask\"")
    try folder.write("images/z.png", try bytes(fixture("rgb.png")))
    var options = SourceOptions()
    options.columns = try columns(#"{"mask": "mask"}"#)
    try expectSentence(["images/z.png", "no mask", "masks/z.png"]) { _ = try openSource(folder.path, options) }
    options.columns = try columns(#"{"mask": {"kind": "mask", "from": "none"}}"#)
    try expectSentence(["no mask", "none/x.y.png"]) { _ = try openSource(folder.path, options) }
    options.columns = try columns(#"{"mask": "mask", "age": "numbers"}"#)
    try expectSentence(["data.columns.age", "CSV"]) { _ = try openSource(folder.path, options) }
  }

  @Test func otherDataHasNoSuchColumns() throws {
    var options = SourceOptions(shape: [2, 2, 3], classes: 2)
    options.columns = try columns(#"{"age": "numbers"}"#)
    try expectSentence(["synthetic:8", "'age'", "data.columns"]) { _ = try openSource("synthetic:8", options) }
  }

  @Test func otherKindsAreRefused() {
    for text in [#"{"it": "masc"}"#, #"{"it": {"kind": "boxes", "format": "xyz"}}"#, #"{"it": {"from": "a"}}"#] {
      #expect(throws: DecodingError.self) { _ = try columns(text) }
    }
  }

  @Test(arguments: [
    (#"{"kind": "numbers", "void": 1}"#, "void"), (#"{"kind": "mask", "format": "xyxy"}"#, "format"),
    (#"{"kind": "mask", "classes": 300}"#, "classes"), (#"{"kind": "mask", "void": 256}"#, "void"),
    (#"{"kind": "mask", "classes": 2, "classNames": ["a", "b"]}"#, "classes"),
    (#"{"kind": "mask", "colors": [[1, 2]]}"#, "colors"),
    (#"{"kind": "mask", "colors": [[1, 2, 3], [1, 2, 3]]}"#, "colors"),
    (#"{"kind": "mask", "classes": 3, "colors": [[1, 2, 3]]}"#, "colors"),
  ])
  func impossibleColumnsAreFound(text: String, key: String) throws {
    let choice = try #require(try columns("{\"it\": \(text)}")["it"])
    #expect(choice.mistake?.key == key)
    #expect(try JSONDecoder().decode(ColumnChoice.self, from: JSONEncoder().encode(choice)) == choice)
  }
}

import Datasets
import Foundation
import Tensors
import Testing

/// Lists, tar shards and TFRecord files (Tests/Fixtures/sources).
@Suite struct RecordTests {
  private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/sources").path
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A header of ustar and its contents, in blocks.
  private func member(_ name: String, _ contents: [UInt8], type: Character = "0") -> [UInt8] {
    var header = Array(name.utf8.prefix(100)) + Array(repeating: 0, count: 100 - min(100, name.utf8.count))
    let size = String(contents.count, radix: 8)
    header += Array("0000644\u{0}0000000\u{0}0000000\u{0}".utf8)
    header += Array((String(repeating: "0", count: 11 - size.count) + size + "\u{0}00000000000\u{0}        ").utf8)
    header += [type.asciiValue!] + Array(repeating: 0, count: 100) + Array("ustar\u{0}00".utf8)
    header += Array(repeating: 0, count: 512 - header.count)
    let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
    header.replaceSubrange(148..<156, with: Array((String(repeating: "0", count: 6 - sum.count) + sum + "\u{0} ").utf8))
    return header + contents + Array(repeating: 0, count: (512 - contents.count % 512) % 512)
  }

  private func tar(_ members: [[UInt8]]) -> [UInt8] { members.flatMap(\.self) + Array(repeating: 0, count: 1024) }

  @Test func namesSamplesByFileAndMember() throws {
    let shards = try openSource("\(fixtures)/shards/part-*.tar", SourceOptions(memoryLimit: 0))
    #expect(shards.name(of: 8) == "\(fixtures)/shards/part-000001.tar/000008.png")
    #expect(shards.notices == ["\(fixtures)/shards/part-*.tar: left out the columns ages, pairs, patients, png"])
    let records = try openSource("\(fixtures)/pictures/1.0.0:/train", SourceOptions(memoryLimit: 0))
    #expect(
      records.name(of: 13) == "\(fixtures)/pictures/1.0.0/pictures-train.tfrecord-00001-of-00002, record 3")
  }

  @Test func readsTextOfShardsAndRecordsAsClasses() throws {
    for location in ["shards", "pictures/1.0.0:/train", "files/list.jsonl", "files/list.csv"] {
      var options = SourceOptions()
      options.columns = try columns(#"{"who": {"kind": "category", "from": "patients"}}"#)
      let source = try openSource("\(fixtures)/\(location)", options)
      #expect(source.columns.map(\.name) == ["image", "who"] && source.classNames == (0..<5).map { "p\($0)" })
      #expect((0..<20).map(source.label) == (0..<20).map { $0 / 4 })
    }
  }

  @Test func readsSeveralImagesBoxesAndLongNames() throws {
    let png = try bytes("\(fixtures)/files/images/03.png")
    let long = String(repeating: "long/", count: 30)
    let samples = (0..<2).flatMap { index in
      let key = "\(long)s\(index)"
      let pax = "path=\(key).left.PNG\n"
      let record = "\(pax.utf8.count + 4) \(pax)"
      let boxes = index == 0 ? "[[0, 0, 16, 8]]" : "[[0, 0, 8, 8], [8, 8, 32, 32]]"
      return [
        member("pax", Array(record.utf8), type: "x"), member("short", png),
        member("././@LongLink", Array("\(key).right.png\u{0}".utf8), type: "L"), member("short", png),
        member("././@LongLink", Array("\(key).json".utf8), type: "L"),
        member("short", Array(#"{"box": \#(boxes), "in": {"side": 3}}"#.utf8)),
        member("folder", [], type: "5"), member("__MACOSX/._x.png", [1]),
      ]
    }
    let path = try folder.write("a.tar", tar(samples))
    var options = SourceOptions()
    options.columns = try columns(
      #"{"left": "image", "right": "image", "box": "boxes", "side": {"kind": "numbers", "from": "in/side"}}"#)
    let source = try openSource(path, options)
    #expect(source.count == 2 && source.columns.map(\.name) == ["left", "right", "box", "side"])
    #expect(source.columns[2].shape == [2, 4])
    var sample = Sample(source.columns)
    try source.read(1, epoch: 0, .all, into: &sample)
    #expect(sample.numbers(of: 2) == [0, 0, 0.25, 0.25, 0.25, 0.25, 1, 1] && sample.numbers(of: 3) == [3])
    #expect(sample.bytes(of: 0) == sample.bytes(of: 1))
  }

  @Test func refusesShardsThatCannotBe() throws {
    let png = try bytes("\(fixtures)/files/images/03.png")
    func refuses(_ members: [[UInt8]], _ parts: String...) throws {
      let path = try folder.write("a.tar", tar(members))
      try expectSentence([path] + parts) { _ = try openSource(path) }
    }
    try refuses([member("1.png", png), member("2.png", png), member("1.cls", [0x31])], "sample 1", "follow each other")
    try refuses([member("1.png", png), member("1.jpg", png)], "sample 1", "two files 'image'")
    try refuses([member("1.png", png), member("1.cls", [0x31]), member("2.png", png)], "sample 2", "no 'cls'")
    try refuses([member("1.png", png), member("1.json", [0x31])], "1.json", "no JSON object")
    try refuses([member("README", [0x31])], "holds no samples")
    try refuses([member("1.png", png), member("1.cls", Array("1.5\n".utf8) + [0xFF])], "sample 1", "not text in UTF-8")
    var damaged = member("1.png", png)
    damaged[3] = 0x41
    try refuses([damaged], "is no tar archive")
    // Compressed ones cannot be read at any place.
    let packed = try folder.write("b.tar.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3])
    try expectSentence([packed, "gzip", "unpack"]) { _ = try openSource(packed) }
    try expectSentence(["b.tar.gz", "gzip"]) { _ = try openSource("\(folder.path)/b.tar.*") }
    try expectSentence(["c-*.tar", "matches no files"]) { _ = try openSource("\(folder.path)/c-*.tar") }
    try expectSentence(["a-1.tar", "does not exist"]) { _ = try openSource("\(folder.path)/a-{1..2}.tar") }
    try expectSentence(["neither"]) { _ = try openSource("\(folder.path)/a-{1}.tar") }
  }

  @Test func refusesRecordsThatCannotBe() throws {
    let name = "pictures-train.tfrecord-00000-of-00002"
    let whole = try bytes("\(fixtures)/pictures/1.0.0/\(name)")
    let alone = try folder.write(name, whole)
    try expectSentence([name, "one of 2 files", "1 are there"]) { _ = try openSource("\(folder.path):/train") }
    #expect(try openSource(alone).count == 10)
    for place in [0, 9, 20, 400, whole.count - 2] {
      var damaged = whole
      damaged[place] ^= 1
      let path = try folder.write("a.tfrecord", damaged)
      try expectSentence([path, place < 100 ? "record 0" : "record"]) { _ = try openSource(path) }
    }
    let path = try folder.write("a.tfrecord", whole)
    try folder.write("label.labels.txt", Array("a\nb\nc\n".utf8))
    try expectSentence([path, "record 3", "label 3", "0 to 2"]) { _ = try openSource(path) }
  }

  @Test(
    arguments: [
      (#"{"image": "a.png", "label": "x"}"# + "\n{", ["line 2", "no JSON object"]),
      (#"{"image": "a.png", "label": "x"}"# + "\n\n[1]", ["line 3", "no JSON object"]),
      (#"{"image": "a.png", "label": "x"}"# + "\n" + #"{"image": "a.png"}"#, ["line 2", "has no 'label'"]),
      (#"{"image": "b.png"}"#, ["line 1", "'b.png'"]), (#"{"label": "x"}"#, ["has no column 'image', but label"]),
      (#"{"image": 3}"#, ["'image' holds numbers"]), ("\n", ["no lines"]),
      (#"{"image": "a.png", "label": null}"#, ["line 1", "has no 'label'"]),
    ]) func refusesBadLines(text: String, parts: [String]) throws
  {
    try folder.write("a.png", try bytes("\(fixtures)/files/images/03.png"))
    let path = try folder.write("a.jsonl", Array(text.utf8))
    try expectSentence([path] + parts) { _ = try openSource(path) }
  }

  /// Every bit of a record is checked; no bit of a header of tar traps.
  @Test func damageIsAnErrorEverywhere() throws {
    let record = try bytes("\(fixtures)/pictures/1.0.0/pictures-train.tfrecord-00001-of-00002")
    let png = try bytes("\(fixtures)/files/images/03.png")
    let archive = tar([member("1.png", png), member("1.json", Array(#"{"label": 3}"#.utf8)), member("1.cls", [0x31])])
    for (name, whole, step) in [("a.tfrecord", record, 7), ("a.tar", archive, 3)] {
      var damaged = whole
      for place in stride(from: 0, to: whole.count, by: step) {
        damaged[place] ^= UInt8(1 << (place % 8))
        let path = try folder.write(name, damaged)
        do {
          let source = try openSource(path, SourceOptions(memoryLimit: 0))
          #expect(name == "a.tar", "byte \(place) of a record")
          _ = try source.sample(0)
        } catch is DataError {}
        damaged[place] = whole[place]
      }
    }
  }
}

import Datasets
import HDF5
import Tensors
import Testing

/// Datasets of a group as columns.
@Suite struct HDF5ColumnTests {
  let folder: TemporaryFolder
  var path: String { "\(folder.path)/data.h5" }

  init() throws { folder = try TemporaryFolder() }

  /// Three images of 2 x 4, and whatever else.
  func write(_ body: (Group) throws -> Void) throws {
    let file = try File(creating: path)
    _ = try file.root.write("images", (0..<24).map { UInt8($0) }, shape: [3, 2, 4, 1])
    try body(file.root)
    try file.close()
  }

  func open(_ text: String, memoryLimit: Int = 1 << 20) throws -> any DataSource {
    var options = SourceOptions(memoryLimit: memoryLimit)
    options.columns = try columns(text)
    return try openSource("\(path):/", options)
  }

  @Test(arguments: [0, 1 << 20]) func readsEveryKind(memoryLimit: Int) throws {
    try write { group in
      _ = try group.write("labels", [2, 0, 1] as [Int64])
      _ = try group.write("ages", [10, 20, 30] as [Float])
      _ = try group.write("poses", (0..<6).map { Double($0) / 2 }, shape: [3, 2])
      _ = try group.write("weights", [0, 1, 2.5] as [Float], shape: [3, 1])
      _ = try group.write("masks", (0..<24).map { UInt8($0 % 3) }, shape: [3, 2, 4])
      _ = try group.write(
        "boxes", [0, 0, 4, 2, 1, 1, 2, 2, 0, 0, 2, 1, 0, 0, 0, 0, 3, 0, 4, 1, 0, 0, 0, 0] as [Int16], shape: [3, 2, 4])
      _ = try group.write("faces", [0, 0, 0.5, 1, 0, 0.5, 1, 1, 0.25, 0, 1, 0.5] as [Float], shape: [3, 4])
      _ = try group.write("tags", [0, 1, 1, 1, 0, 0] as [UInt8], shape: [3, 2])
    }
    let source = try open(
      """
      {"age": {"kind": "numbers", "from": "ages"}, "poses": "numbers", "weights": "weight",
       "masks": {"kind": "mask", "classes": 3}, "boxes": "boxes",
       "face": {"kind": "boxes", "from": "faces", "format": "rel_xyxy"}, "tags": "categories",
       "label": {"kind": "category", "from": "labels"}}
      """, memoryLimit: memoryLimit)
    #expect(
      source.columns.map(\.name) == ["image", "label", "tags", "age", "boxes", "face", "masks", "poses", "weights"])
    var sample = Sample(source.columns)
    try source.read(1, epoch: 0, .all, into: &sample)
    let pixels = (8..<16).map { Float($0) }
    let expected: [[Float]] = [
      pixels, [0], [1, 1], [20], [0, 0, 0.5, 0.5, 0, 0, 0, 0], [0, 0.5, 1, 1], [2, 0, 1, 2, 0, 1, 2, 0], [1, 1.5], [1],
    ]
    for (position, values) in expected.enumerated() { #expect(sample.numbers(of: position) == values) }
    #expect(source.labelCount == nil && source.label(at: 0) == 2)
  }

  @Test func dataNeedsNoClassesWhereThereIsSomethingElse() throws {
    try write { _ = try $0.write("targets", [1, 2, 3] as [Float]) }
    #expect(try open(#"{"targets": "numbers"}"#).columns.map(\.name) == ["image", "targets"])
    try expectSentence([path, "labels"]) { _ = try openSource("\(path):/") }
  }

  @Test(arguments: [0, 1 << 20]) func refusesBadValues(memoryLimit: Int) throws {
    func refuses(_ text: String, _ parts: [String], _ body: (Group) throws -> Void) throws {
      try write(body)
      try expectSentence(parts) {
        let source = try open(text, memoryLimit: memoryLimit)
        var sample = Sample(source.columns)
        for index in 0..<source.count { try source.read(index, epoch: 0, .all, into: &sample) }
      }
    }
    try refuses(#"{"m": {"kind": "mask", "classes": 2}}"#, ["'m' of sample 2", "class 5", "0 to 1"]) {
      _ = try $0.write("m", (0..<24).map { UInt8($0 == 20 ? 5 : 0) }, shape: [3, 2, 4])
    }
    try refuses(#"{"m": "mask"}"#, ["[3, 4, 2]", "(2, 4, 1)"]) {
      _ = try $0.write("m", [UInt8](repeating: 0, count: 24), shape: [3, 4, 2])
    }
    try refuses(#"{"b": "boxes"}"#, ["'b' of sample 1", "not inside the image of 2x4"]) {
      _ = try $0.write("b", [0, 0, 1, 1, 0, 0, 5, 1, 0, 0, 1, 1] as [Float], shape: [3, 4])
    }
    try refuses(#"{"b": "boxes"}"#, ["'b' of sample 2", "no area"]) {
      _ = try $0.write("b", [0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 1] as [Float], shape: [3, 4])
    }
    try refuses(#"{"t": "numbers"}"#, ["'t' of sample 1 is inf"]) {
      _ = try $0.write("t", [0, 1, 2, .infinity, 4, 5] as [Float], shape: [3, 2])
    }
    try refuses(#"{"w": "weight"}"#, ["'w' of sample 2 is -1.0"]) { _ = try $0.write("w", [1, 1, -1] as [Float]) }
    try refuses(#"{"t": "numbers"}"#, ["[2]", "3 images"]) { _ = try $0.write("t", [0, 1] as [Float]) }
    try refuses(#"{"t": "category"}"#, ["float32", "integers"]) { _ = try $0.write("t", [0, 1, 2] as [Float]) }
    try refuses(#"{"none": "numbers"}"#, ["none"]) { _ = $0 }
  }
}

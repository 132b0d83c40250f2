import Datasets
import Foundation
import HDF5
import Tensors
import Testing

/// Samples that a CSV file lists.
@Suite struct SampleListTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes a list beside an image of 10 x 13 and masks of it.
  func list(_ text: String) throws -> String {
    try folder.write("images/a.png", try bytes(fixture("rgb.png")))
    try folder.write("images/b, c.png", try bytes(fixture("rgb.png")))
    for mask in ["grey.png", "small.png", "mask.jpg", "color.png"] {
      try folder.write("masks/\(mask)", try bytes(maskFixture(mask)))
    }
    return try folder.write("samples.csv", Array(text.utf8))
  }

  @Test func readsWhatTheNamesOfColumnsSay() throws {
    let path = try list(
      "image,label,xmin,ymin,xmax,ymax,mask,weight,note\r\n"
        + "images/a.png, dog ,0,2,6.5,10,masks/grey.png,2,\"one, \"\"two\"\"\"\r\n\r\n"
        + "\"images/b, c.png\",cat,1,0,13,5,masks/grey.png,0.5,\n")
    let source = try openSource(path)
    #expect(source.count == 2 && source.classNames == ["cat", "dog"])
    #expect(source.columns.map(\.name) == ["image", "label", "box", "mask", "weight"])
    #expect(source.columns.map(\.shape) == [[10, 13, 3], [1], [4], [10, 13, 1], [1]])
    #expect(source.notices == ["\(path): left out the columns note"])
    #expect(source.name(of: 1)?.hasSuffix("images/b, c.png") == true)
    var sample = Sample(source.columns)
    try source.read(0, epoch: 0, .all, into: &sample)
    #expect(sample.bytes(of: 0) == (try bytes(fixture("rgb.png.rgb"))))
    #expect(sample.numbers(of: 1) == [1] && sample.numbers(of: 4) == [2])
    #expect(sample.numbers(of: 2) == [0, 0.2, 0.5, 1])
    #expect(sample.numbers(of: 3) == maskClasses())
    // A list to test on has the classes of the training data.
    var options = SourceOptions()
    options.classNames = ["bird", "cat", "dog"]
    #expect(try openSource(path, options).label(at: 1) == 1)
  }

  @Test func readsWhatAConfigurationSays() throws {
    let path = try list("file,kind,x,y,w,h,age,height,wet\nimages/a.png,7,6.5,5,13,10,40,1.5,1\n")
    var options = SourceOptions()
    options.columns = try columns(
      """
      {"photo": {"kind": "image", "from": "file"}, "species": {"kind": "category", "from": "kind"},
       "place": {"kind": "boxes", "from": ["x", "y", "w", "h"], "format": "center_xywh"},
       "body": {"kind": "numbers", "from": ["age", "height"]}, "tags": {"kind": "categories", "from": ["wet"]}}
      """)
    let source = try openSource(path, options)
    #expect(source.columns.map(\.name) == ["photo", "species", "tags", "body", "place"])
    var sample = Sample(source.columns)
    try source.read(0, epoch: 0, .all, into: &sample)
    let expected: [[Float]] = [[7], [1], [40, 1.5], [0, 0, 1, 1]]
    #expect((1..<5).map { sample.numbers(of: $0) } == expected)
  }

  @Test func usualNamesMeanWhatTheySayBesideOthers() throws {
    let path = try list("image,label,age,mask\nimages/a.png,x,3,none.png\n")
    var options = SourceOptions()
    options.columns = try columns(#"{"age": "numbers", "ground": {"kind": "mask", "from": "mask"}}"#)
    try expectSentence(["line 2", "none.png"]) { _ = try openSource(path, options) }
    let other = try list("image,label,age\nimages/a.png,x,3\n")
    options.columns = try columns(#"{"age": "numbers"}"#)
    #expect(try openSource(other, options).columns.map(\.name) == ["image", "label", "age"])
  }

  @Test func boxesStayWhereTheyAreWhenImagesAreResized() throws {
    let path = try list("image,xmin,ymin,xmax,ymax,mask\nimages/a.png,0,5,13,10,masks/grey.png\n")
    let source = try openSource(path, SourceOptions(shape: [20, 26, 3], resize: true))
    var sample = Sample(source.columns)
    try source.read(0, epoch: 0, .all, into: &sample)
    #expect(sample.numbers(of: 1) == [0, 0.5, 1, 1])
    #expect(sample.numbers(of: 2) == maskClasses(height: 20, width: 26))
    // Without the image, its size is still that of the file.
    var alone = Sample(source.columns, ColumnSet([1]))
    try source.read(0, epoch: 0, ColumnSet([1]), into: &alone)
    #expect(alone.numbers(of: 1) == [0, 0.5, 1, 1])
  }

  @Test(arguments: [
    ("image\n", ["no lines of samples"]),
    ("image,label\nimages/a.png\n", ["line 2 has 1 fields", "names 2"]),
    ("image,image\nimages/a.png,x\n", ["two columns 'image'"]),
    ("file\nimages/a.png\n", ["no column 'image'", "file"]),
    ("image\nimages/none.png\n", ["samples.csv, line 2", "images/none.png"]),
    ("image,label\nimages/a.png,\n", ["line 2", "no class"]),
    ("image,weight\nimages/a.png,heavy\n", ["line 2", "'weight' is 'heavy', which is no number"]),
    ("image,weight\nimages/a.png,nan\n", ["line 2", "'weight' is 'nan', which is no number"]),
    ("image,weight\n\nimages/a.png,-1\n", ["line 3", "'weight' is -1"]),
    ("image,note\nimages/a.png,\"x\n", ["line 2 has a quote that does not end"]),
  ])
  func refusesBadLists(text: String, parts: [String]) throws {
    let path = try list(text)
    try expectSentence(parts) { _ = try openSource(path) }
  }

  @Test(arguments: [
    ("image,xmin,ymin,xmax,ymax\nimages/a.png,3,3,14,9\n", ["line 2", "a.png", "not inside", "10x13"]),
    ("image,xmin,ymin,xmax,ymax\nimages/a.png,0,0,5,5\nimages/a.png,3,3,3,9\n", ["line 3", "no area"]),
    ("image,xmin,ymin,xmax,ymax\nimages/a.png,0,0,0,0\n", ["line 2", "no area"]),
    ("image,mask\nimages/a.png,masks/small.png\n", ["small.png", "4x5", "10x13"]),
    ("image,mask\nimages/a.png,masks/mask.jpg\n", ["mask.jpg", "JPEG", "save masks as PNG"]),
    ("image,mask\nimages/a.png,masks/color.png\n", ["color.png", "colours", "'colors'"]),
  ])
  func refusesBadSamples(text: String, parts: [String]) throws {
    let source = try openSource(try list(text), SourceOptions(memoryLimit: 0))
    try expectSentence(parts) {
      var sample = Sample(source.columns)
      for index in 0..<source.count { try source.read(index, epoch: 0, .all, into: &sample) }
    }
  }
}

/// The class of every pixel of the masks of Tests/Fixtures/masks, at a size from which the nearest pixel is taken.
func maskClasses(height: Int = 10, width: Int = 13) -> [Float] {
  var classes: [Float] = []
  for row in 0..<height {
    for column in 0..<width {
      let (y, x) = ((2 * row + 1) * 10 / (2 * height), (2 * column + 1) * 13 / (2 * width))
      classes.append(Float((y + x) % 3))
    }
  }
  return classes
}

func maskFixture(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/masks/\(name)").path
}

func columns(_ text: String) throws -> [String: ColumnChoice] {
  try JSONDecoder().decode([String: ColumnChoice].self, from: Data(text.utf8))
}

/// The error of `body` is one sentence that names all of `parts`.
func expectSentence(_ parts: [String], from body: () throws -> Void) throws {
  let error = #expect(throws: DataError.self) { try body() }
  for part in parts { #expect(error?.description.contains(part) == true, "\(error!) does not say \(part)") }
}

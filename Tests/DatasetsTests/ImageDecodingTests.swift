import Datasets
import Foundation
import Tensors
import Testing

/// Folders of images that lie on their sides, of several depths, of several formats, and at a smaller scale.
@Suite struct ImageDecodingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(_ name: String) throws -> [UInt8] {
    Array(try #require(ImageFormatTests.entries.first { $0.name == name }).file)
  }

  @Test func sizesAndBoxesAreThoseOfUprightImages() throws {
    for (index, name) in ["orientation6.jpg", "orientation6.png", "orientation6.webp", "orientation6.tif"].enumerated()
    {
      try folder.write("images/\(index).\(name.split(separator: ".")[1])", try file(name))
    }
    let files = ["0.jpg", "1.png", "2.webp", "3.tif"]
    let lines = files.map { "images/\($0),0,0,6,9\n" }.joined()
    let list = try folder.write("list.csv", Array("image,xmin,ymin,xmax,ymax\n\(lines)".utf8))
    let source = try openSource(list)
    #expect(source.shape == [9, 6, 3])
    for index in files.indices {
      var sample = Sample(source.columns)
      try source.read(index, epoch: 0, .all, into: &sample)
      #expect(sample.numbers(of: 1) == [0, 0, 1, 1])
    }
    // A box as wide as the image lies in its file.
    try folder.write("list.csv", Array("image,xmin,ymin,xmax,ymax\nimages/0.jpg,0,0,9,6\n".utf8))
    expectDataError("line 2", "not inside the image of 9x6") { try readAll(list, SourceOptions()) }
    var lying = SourceOptions()
    lying.decoding.orientation = false
    let flat = try openSource(list, lying)
    #expect(flat.shape == [6, 9, 3])
    try readAll(list, lying)
  }

  private func readAll(_ location: String, _ options: SourceOptions) throws {
    let source = try openSource(location, options)
    var sample = Sample(source.columns)
    try source.read(0, epoch: 0, .all, into: &sample)
  }

  @Test func masksBelongToUprightImages() throws {
    try folder.write("images/0.jpg", try file("orientation6.jpg"))
    try folder.write("masks/0.png", try PNGEncoder.encode(Array(0..<54).map { $0 % 2 }, height: 9, width: 6))
    var options = SourceOptions()
    options.columns = ["mask": ColumnChoice(.mask)]
    let source = try openSource(folder.path, options)
    var sample = Sample(source.columns)
    try source.read(0, epoch: 0, .all, into: &sample)
    #expect(sample.bytes(of: 1) == Array(0..<54).map { $0 % 2 })
  }

  @Test func oneDeepImageMakesFractionsOfAll() throws {
    try folder.write("a/0.png", try file("rgb8.png"))
    try folder.write("a/1.jpg", try file("full.jpg"))
    #expect(try openSource(folder.path).element == .byte)
    try folder.write("b/0.tif", try file("rgb16-little-strips.tif"))
    let source = try openSource(folder.path)
    #expect(source.element == .float)
    #expect(StoredNumbers(of: source) == StoredNumbers(.float, 0, 1))
    let bytes = try ImageFileSource(files: ["\(folder.path)/a/0.png"]).numbers(0)
    for (part, byte) in zip(try source.numbers(0), bytes) { #expect(abs(part - byte / 255) < 1e-7) }
    // What enters the network is the same, whatever is beside an image.
    #expect(try Preparation(for: source, Preprocessing(stored: .bytes)).conversionFactor == 255)
    let words = try #require(ImageFormatTests.entries.first { $0.name == "rgb16-little-strips.tif" }).numbers
    for (own, wanted) in zip(try source.numbers(2), words) { #expect(abs(own - wanted) < 1e-6) }
  }

  @Test func deepImagesAreResizedAtTheirDepth() throws {
    let path = try folder.write("0.tif", try file("grey12.tif"))
    let source = try ImageFileSource(files: [path], shape: [3, 4, 1], resize: true)
    let numbers = try source.numbers(0)
    #expect(numbers.contains { abs(($0 * 255).rounded() - $0 * 255) > 0.1 })
  }

  @Test func measurementsStayAndAreNotMixed() throws {
    try folder.write("a/0.tif", try file("float32-big.tif"))
    let source = try openSource(folder.path)
    let numbers = try #require(ImageFormatTests.entries.first { $0.name == "float32-big.tif" }).numbers
    #expect(try source.numbers(0) == numbers)
    try folder.write("b/1.pgm", try file("grey16.pgm"))
    let mixed = try openSource(folder.path)
    expectDataError("b/1.pgm", "beside", "store all of them alike") { _ = try mixed.sample(1) }
    try folder.write("a/0.jpg", try file("full.jpg"))
    expectDataError("a/0.tif", "beside", "store all of them alike") { _ = try openSource(folder.path) }
  }

  @Test func aNameOfBytesOverMoreIsAnError() throws {
    try folder.write("a/0.jpg", try file("full.jpg"))
    try folder.write("b/1.jpg", try file("rgb16.png"))
    let source = try openSource(folder.path, SourceOptions(memoryLimit: 0))
    expectDataError("1.jpg", "more than 8 bits", "ending") { _ = try source.sample(1) }
  }

  @Test func allFormatsAreListedWhateverTheirNames() throws {
    let names = ["full.jpg", "rgb8.png", "lossless.webp", "palette.gif", "rgb.bmp", "raw.tif", "color.ppm", "grey.pgm"]
    for (index, name) in names.enumerated() {
      try folder.write("named/\(name)", try file(name))
      try folder.write("bare/\(index)", try file(name))
    }
    #expect(try ImageListing(folder: "\(folder.path)/named").files.count == names.count)
    #expect(try ImageListing(folder: "\(folder.path)/bare").files.count == names.count)
    #expect(try openSource(folder.path).count == 2 * names.count)
  }

  @Test func reductionIsAChoiceAndTakesNoLessThanIsWanted() throws {
    let path = try folder.write("0.jpg", try file("full.jpg"))
    var reduced = ImageDecoding()
    reduced.reduction = true
    func pixels(_ height: Int, _ width: Int, _ decoding: ImageDecoding) throws -> [UInt8] {
      try ImageFileSource(files: [path], shape: [height, width, 3], resize: true, decoding: decoding).sample(0)
    }
    #expect(try pixels(3, 5, reduced) != pixels(3, 5, ImageDecoding()))
    #expect(try pixels(3, 5, reduced) == pixels(3, 5, reduced))
    // Half the size would be too small, or the size is that of the file.
    #expect(try pixels(4, 5, reduced) == pixels(4, 5, ImageDecoding()))
    #expect(try pixels(6, 9, reduced) == pixels(6, 9, ImageDecoding()))
  }
}

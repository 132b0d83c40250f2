import Datasets
import Tensors
import Testing

@Suite struct ImageTests {
  static let pngs = ["rgb.png", "grey.png", "palette.png", "alpha.png", "onebit.png", "deep.png", "interlaced.png"]
  static let jpegs = ["grey.jpg", "full.jpg", "half.jpg", "progressive.jpg", "restart.jpg", "cmyk.jpg"]

  func largestDifference(_ first: [UInt8], _ second: [UInt8]) -> Int {
    first.count == second.count ? zip(first, second).map { abs(Int($0) - Int($1)) }.max() ?? 0 : .max
  }

  @Test(arguments: pngs + jpegs) func decodesAsPillowDoes(name: String) throws {
    for (ending, channels) in [("rgb", 3), ("grey", 1)] {
      // Releases of libjpeg-turbo may differ in the last bit of an upsampled colour. Keras's weights of grey are not
      // quite Pillow's.
      let tolerance = name.hasSuffix("jpg") || channels == 1 ? 1 : 0
      let source = try ImageFileSource(files: [fixture(name)], shape: [10, 13, channels])
      let golden = try bytes(fixture("\(name).\(ending)"))
      #expect(largestDifference(try source.upperBytes(0), golden) <= tolerance, "\(name) as \(ending)")
    }
  }

  @Test(arguments: [(5, 7), (20, 26), (17, 9)]) func resizesAsKerasDoes(height: Int, width: Int) throws {
    let source = try ImageFileSource(files: [fixture("rgb.png")], shape: [height, width, 3], resize: true)
    // Halves may be rounded either way.
    #expect(largestDifference(try source.sample(0), try bytes(fixture("rgb.png.\(height)x\(width)"))) <= 1)
  }

  @Test func shapeComesFromTheFirstImage() throws {
    #expect(try ImageFileSource(files: [fixture("grey.jpg")]).shape == [10, 13, 1])
    #expect(try ImageFileSource(files: [fixture("grey.png")]).shape == [10, 13, 1])
    #expect(try ImageFileSource(files: [fixture("half.jpg")]).shape == [10, 13, 3])
    #expect(try ImageFileSource(files: [fixture("palette.png")]).shape == [10, 13, 3])
  }

  @Test func anotherSizeIsRefused() throws {
    let source = try ImageFileSource(files: [fixture("rgb.png")], shape: [32, 32, 3])
    expectDataError("rgb.png", "10x13", "32x32", "resize: true") { _ = try source.sample(0) }
  }

  @Test(arguments: ["huge.png", "huge.jpg"]) func hostileSizesAreRefusedBeforeMemoryIsTaken(name: String) throws {
    for resize in [false, true] {
      let source = try ImageFileSource(files: [fixture(name)], shape: [10, 13, 3], resize: resize)
      expectDataError(name) { _ = try source.sample(0) }
    }
    expectDataError(name) { _ = try ImageFileSource(files: [fixture(name)]) }
  }

  @Test(arguments: ["half.jpg", "progressive.jpg", "rgb.png", "palette.png"])
  func everyTruncationIsAnError(name: String) throws {
    let folder = try TemporaryFolder()
    let whole = try bytes(fixture(name))
    // The last bytes of a file may be an end mark that holds no pixels.
    for length in stride(from: 0, to: whole.count - 16, by: 7) {
      let path = try folder.write(name, Array(whole[..<length]))
      let source = try ImageFileSource(files: [path], shape: [10, 13, 3])
      expectDataError(path) { _ = try source.sample(0) }
    }
  }

  static let foreign: [(name: String, bytes: [UInt8], parts: [String])] = [
    ("a.gif", Array("GIF89a.....".utf8), ["the GIF image is truncated or damaged"]),
    ("a.bmp", Array("BM1234".utf8) + [UInt8](repeating: 0, count: 48), ["is no image of a known format"]),
    ("a.tif", [0x49, 0x49, 0x2A, 0, 8, 0], ["the TIFF image is truncated or damaged"]),
    ("a.webp", Array("RIFF1234WEBPVP8 ".utf8), ["the WebP image is truncated or damaged"]),
    ("a.heic", Array("\0\0\0\u{18}ftypheic".utf8), ["a HEIF image"]),
    ("a.jpg", Array("\0\0\0\u{1C}ftypavif".utf8), ["an AVIF image"]),
    ("a.jpg", Array("version https://git-lfs.github.com/spec/v1\noid".utf8), ["Git LFS", "git lfs pull"]),
    ("a.jpg", Array("\n <!DOCTYPE html><html>".utf8), ["a web page", "get the file itself"]),
    ("a.jpg", [], ["is empty"]), ("a.jpg", Array("words".utf8), ["is no image of a known format"]),
  ]

  @Test(arguments: foreign.indices) func otherFilesAreNamed(index: Int) throws {
    let (name, bytes, parts) = ImageTests.foreign[index]
    let folder = try TemporaryFolder()
    let source = try ImageFileSource(files: [try folder.write(name, bytes)], shape: [10, 13, 3])
    for part in parts { expectDataError(name, part) { _ = try source.sample(0) } }
  }

  @Test func damagedPNGIsAnError() throws {
    let folder = try TemporaryFolder()
    var damaged = try bytes(fixture("rgb.png"))
    damaged[damaged.count / 2] ^= 0xFF
    let source = try ImageFileSource(files: [try folder.write("a.png", damaged)], shape: [10, 13, 3])
    expectDataError("a.png", "damaged", "replace or remove") { _ = try source.sample(0) }
  }
}

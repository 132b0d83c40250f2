import Datasets
import Foundation
import Tensors
import Testing

@Suite struct FormatTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func idx(_ axes: [Int], _ data: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(axes.count)]
      + axes.flatMap { axis in (0..<4).map { UInt8(truncatingIfNeeded: axis >> (24 - 8 * $0)) } } + data
  }

  func gzip(_ path: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/gzip")
    process.arguments = ["-n", path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  /// Three 2x2 images under MNIST's names.
  func writeMNIST(_ split: String) throws -> (images: String, labels: String) {
    (
      try folder.write("mnist/\(split)-images-idx3-ubyte", idx([3, 2, 2], (1...12).map { $0 })),
      try folder.write("mnist/\(split)-labels-idx1-ubyte", idx([3], [2, 0, 1]))
    )
  }

  func expectMNIST(_ source: any DataSource) throws {
    #expect(source.shape == [2, 2, 1])
    #expect((0..<source.count).map(source.label(at:)) == [2, 0, 1])
    #expect(try source.sample(1) == [5, 6, 7, 8])
  }

  @Test func readsIDX() throws {
    let (images, labels) = try writeMNIST("train")
    try expectMNIST(try openSource(images))
    try gzip(images)
    try expectMNIST(try openSource("\(images).gz"))
    try gzip(labels)
    try expectMNIST(try openSource("\(folder.path)/mnist:/train"))
    _ = try writeMNIST("t10k")
    try expectMNIST(try openSource("\(folder.path)/mnist:/test"))
    expectDataError("mnist", "add a split", "mnist:/train") { _ = try openSource("\(folder.path)/mnist") }
  }

  @Test func refusesBadIDX() throws {
    let (images, labels) = try writeMNIST("train")
    expectDataError(images, "label 2", "2 classes") { _ = try openSource(images, SourceOptions(classes: 2)) }
    expectDataError(images, "(2, 2, 1)", "(28, 28, 1)", "resize: true") {
      _ = try openSource(images, SourceOptions(shape: [28, 28, 1]))
    }
    expectDataError(images, "(2, 2, 1)", "(2, 2, 3)") {
      _ = try openSource(images, SourceOptions(shape: [2, 2, 3], resize: true))
    }
    try folder.write("mnist/train-labels-idx1-ubyte", idx([2], [2, 0]))
    expectDataError(labels, "2 labels for the 3 images") { _ = try openSource(images) }
    try FileManager.default.removeItem(atPath: labels)
    expectDataError(images, "labels-idx1-ubyte", "does not exist") { _ = try openSource(images) }
    _ = try writeMNIST("train")
    try folder.write("mnist/train-images-idx3-ubyte", idx([3, 2, 2], [1, 2, 3]))
    expectDataError(images, "truncated") { _ = try openSource(images) }
    try folder.write("mnist/train-images-idx3-ubyte", idx([3, 2, 2], Array(repeating: 0, count: 13)))
    expectDataError(images, "longer than its header") { _ = try openSource(images) }
    for axes in [[0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], [0xFFFF_FFFF, 28, 28], [0, 28, 28]] {
      try folder.write("mnist/train-images-idx3-ubyte", idx(axes, [1, 2, 3]))
      expectDataError(images, "cannot hold") { _ = try openSource(images) }
    }
  }

  @Test func refusesTruncatedGzip() throws {
    let (images, _) = try writeMNIST("train")
    try gzip(images)
    let whole = try bytes("\(images).gz")
    try folder.write("mnist/train-images-idx3-ubyte.gz", Array(whole.dropLast(12)))
    expectDataError("\(images).gz", "truncated") { _ = try openSource("\(images).gz") }
    try folder.write("mnist/train-images-idx3-ubyte.gz", Array(whole.dropLast(6)) + [1, 2, 3, 4, 5, 6])
    expectDataError("\(images).gz", "truncated or damaged") { _ = try openSource("\(images).gz") }
  }

  /// A CIFAR record whose red plane is 1, green plane 2, blue plane 3, but for the second pixel of red, which is 9.
  func record(_ label: [UInt8]) -> [UInt8] {
    var planes =
      [UInt8](repeating: 1, count: 1024) + Array(repeating: 2, count: 1024) + Array(repeating: 3, count: 1024)
    planes[1] = 9
    return label + planes
  }

  @Test func readsCIFAR() throws {
    for batch in 1...5 { try folder.write("cifar/data_batch_\(batch).bin", record([UInt8(batch)]) + record([0])) }
    try folder.write("cifar/test_batch.bin", record([9]))
    try folder.write("cifar/batches.meta.txt", Array((0..<10).map { "class\($0)\n" }.joined().utf8) + [10])
    let train = try openSource("\(folder.path)/cifar:/train", SourceOptions(shape: [32, 32, 3], classes: 10))
    #expect((0..<train.count).map(train.label(at:)) == [1, 0, 2, 0, 3, 0, 4, 0, 5, 0])
    #expect(try train.sample(3).prefix(9) == [1, 2, 3, 9, 2, 3, 1, 2, 3])
    #expect(train.classNames[9] == "class9")
    #expect(try openSource("\(folder.path)/cifar:/test").label(at: 0) == 9)
    #expect(try openSource("\(folder.path)/cifar/data_batch_2.bin").label(at: 0) == 2)
    expectDataError("cifar", "add a split") { _ = try openSource("\(folder.path)/cifar") }
    try folder.write("cifar100/train.bin", record([3, 77]))
    #expect(try openSource("\(folder.path)/cifar100:/train").label(at: 0) == 77)
  }

  @Test func refusesBadCIFAR() throws {
    for batch in 1...5 { try folder.write("cifar/data_batch_\(batch).bin", record([0])) }
    try folder.write("cifar/data_batch_3.bin", record([12]))
    expectDataError("data_batch_3.bin", "record 2", "label 12") { _ = try openSource("\(folder.path)/cifar:/train") }
    try folder.write("cifar/data_batch_3.bin", record([1]).dropLast())
    expectDataError("data_batch_3.bin", "3072 bytes") { _ = try openSource("\(folder.path)/cifar:/train") }
    try FileManager.default.removeItem(atPath: "\(folder.path)/cifar/data_batch_3.bin")
    expectDataError("data_batch_3.bin", "No such file") { _ = try openSource("\(folder.path)/cifar:/train") }
  }

  /// Classes "b" and "a" of one and two images.
  func writeImages() throws {
    try folder.write("images/train/b/1.png", try bytes(fixture("rgb.png")))
    try folder.write("images/train/a/2.JPG", try bytes(fixture("full.jpg")))
    try folder.write("images/train/a/10.jpeg", try bytes(fixture("half.jpg")))
  }

  @Test func readsImageFolders() throws {
    try writeImages()
    try folder.write("images/train/.hidden", [])
    for location in ["\(folder.path)/images/train", "\(folder.path)/images:/train"] {
      let source = try openSource(location, SourceOptions(shape: [10, 13, 3], classes: 2))
      #expect(source.classNames == ["a", "b"])
      #expect((0..<3).map(source.label(at:)) == [0, 0, 1])
      // Files follow in byte order: 10.jpeg before 2.JPG. The second reading comes from memory.
      for _ in 0..<2 {
        #expect(try source.sample(0) == ImageFileSource(files: [fixture("half.jpg")]).sample(0))
        #expect(try source.sample(2) == bytes(fixture("rgb.png.rgb")))
      }
    }
    let small = try openSource("\(folder.path)/images:/train", SourceOptions(shape: [5, 7, 3], resize: true))
    #expect(try small.sample(2).count == 105)
    let uncached = try openSource("\(folder.path)/images:/train", SourceOptions(memoryLimit: 0))
    #expect(try uncached.sample(2) == bytes(fixture("rgb.png.rgb")))
  }

  @Test func refusesBadImageFolders() throws {
    expectDataError("nowhere", "does not exist") { _ = try openSource("\(folder.path)/nowhere") }
    try folder.makeFolder("empty")
    expectDataError("empty", "no class folders") { _ = try openSource("\(folder.path)/empty") }
    expectDataError("empty/train", "cannot be listed", "No such file") {
      _ = try openSource("\(folder.path)/empty:/train")
    }
    try writeImages()
    let location = "\(folder.path)/images:/train"
    expectDataError("images/train/a", "such as", "images/train") { _ = try openSource("\(folder.path)/images") }
    expectDataError(location, "2 classes", "10") { _ = try openSource(location, SourceOptions(classes: 10)) }
    expectDataError("images/train", "(784,)") { _ = try openSource(location, SourceOptions(shape: [784])) }
    try folder.makeFolder("images/train/c")
    expectDataError("train/c", "no images") { _ = try openSource(location) }
    try folder.write("images/train/c/notes.txt", [1])
    expectDataError("train/c", "no images beside 1 file that is no image (notes.txt)") { _ = try openSource(location) }
    try FileManager.default.removeItem(atPath: "\(folder.path)/images/train/c")
    try folder.write("images/train/stray.png", [1])
    expectDataError("stray.png", "beside the class folders") { _ = try openSource(location) }
    try FileManager.default.removeItem(atPath: "\(folder.path)/images/train/stray.png")
    try folder.write("images/train/a/2.JPG", Array("not an image".utf8))
    expectDataError("a/2.JPG", "no image of a known format") { _ = try openSource(location).sample(1) }
  }

  @Test func refusesOtherFiles() throws {
    let path = try folder.write("data.bin", [1, 2, 3, 4, 5])
    expectDataError(path, "neither HDF5") { _ = try openSource(path) }
    expectDataError(path, "no groups") { _ = try openSource("\(path):/train") }
    expectDataError("short.bin", "truncated") { _ = try openSource(try folder.write("short.bin", [1])) }
  }

  @Test func synthesizes() throws {
    let options = SourceOptions(shape: [3, 5, 1], classes: 4)
    let source = try openSource("synthetic:200", options)
    #expect(source.count == 200)
    #expect(Set((0..<200).map(source.label(at:))) == [0, 1, 2, 3])
    #expect(try source.sample(7) == openSource("synthetic:9", options).sample(7))
    #expect(try source.sample(7) != source.sample(8))
    expectDataError("synthetic:many") { _ = try openSource("synthetic:many", options) }
    expectDataError("synthetic:5", "shape and classes") { _ = try openSource("synthetic:5") }
  }

  @Test func resizesStoredImages() throws {
    let (images, _) = try writeMNIST("train")
    let source = try openSource(images, SourceOptions(shape: [1, 1, 1], resize: true))
    // The mean of 5, 6, 7, 8 is 6.5.
    #expect([6, 7].contains(try source.sample(1)[0]))
  }
}

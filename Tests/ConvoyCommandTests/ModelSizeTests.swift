import Foundation
import Testing

/// The size of a named network does not depend on how files are called.
@Suite(.serialized) struct ModelSizeTests {
  private static let images = ConvoyProcess.root.appending(path: "Tests/Fixtures/images")

  /// Two classes; the first image is another size in each order of the names.
  private func prepared(first: String) throws -> ConvoyProcess {
    let convoy = try ConvoyProcess()
    let names = ["rgb.png", "tall.png", "grey.png"]
    for name in ["cats", "dogs"] {
      let folder = convoy.folder.appending(path: "images/\(name)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for image in names {
        let source = ModelSizeTests.images.appending(path: image)
        try FileManager.default.copyItem(
          at: source, to: folder.appending(path: "\(image == first ? "0" : "1")-\(image)"))
      }
    }
    return convoy
  }

  private func train(_ model: String, first: String, resize: Bool = true) throws -> ConvoyProcess.Result {
    let convoy = try prepared(first: first)
    defer { convoy.remove() }
    try convoy.write(
      "a.yaml",
      "model: \(model)\ndata: {train: images, resize: \(resize)}\nbatch: 4\nshards: 2\nepochs: 1\nthreads: 1\nmemory: "
        + "fast\n"
    )
    if resize {
      let shown = try convoy.run(["inspect", "a.yaml"])
      #expect(shown.status == 0, "\(shown.errors)")
    }
    // All images, one epoch.
    return try convoy.run(["train", "a.yaml"])
  }

  @Test(arguments: [
    ("resnet8", "images are resized to (32, 32, 3), which resnet8 was made for"),
    ("{name: resnet8, input: [24, 20, 3]}", "samples have the shape (24, 20, 3)"),
    ("{name: resnet8, input: [24, 20, 1]}", "samples have the shape (24, 20, 1)"),
    ("{name: lenet5}", "images are resized to (28, 28, 1), which lenet5 was made for"),
  ])
  func firstImageDecidesNothing(_ model: String, _ sentence: String) throws {
    let results = try ["rgb.png", "tall.png"].map { try train(model, first: $0) }
    for result in results {
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains(sentence), "\(result.output)")
    }
  }

  @Test func withoutResizingAllHaveOneSize() throws {
    let result = try train("resnet8", first: "rgb.png", resize: false)
    #expect(result.status == 3 && result.errors.contains("resize: true"), "\(result.errors)")
  }

  @Test(arguments: [
    ("{name: resnet8, input: [0, 20, 3]}", "'model.input' is [0, 20, 3]"),
    ("{name: a.h5, input: [8, 8, 3]}", "is a file"),
    ("{name: resnet8, input: [4294967296, 4294967296, 3]}", "'model.input' is"), ("{name: resnet8, size: 24}", "size"),
  ])
  func impossibleSizesAreRefused(_ model: String, _ part: String) throws {
    let convoy = try prepared(first: "rgb.png")
    defer { convoy.remove() }
    try convoy.write("a.yaml", "model: \(model)\ndata: {train: images, resize: true}\nbatch: 4\nshards: 2\nepochs: 1\n")
    for command in [["train", "a.yaml"], ["inspect", "a.yaml"]] {
      let result = try convoy.run(command)
      #expect(result.status == 2 && result.errors.contains(part), "\(result.status): \(result.errors)")
    }
  }
}

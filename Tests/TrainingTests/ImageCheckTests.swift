import Communication
import Datasets
import Foundation
import Networks
import Synchronization
import Tensors
import TestSupport
import Testing
import Training

/// Images that cannot be read are found before the first step, all at once.
@Suite(.serialized) struct ImageCheckTests {
  private static let image = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/images/rgb.png")

  private static func makeData(in folder: borrowing TemporaryFolder, count: Int, bad: Int) throws -> String {
    let data = folder.path + "/data"
    let whole = try Data(contentsOf: image)
    for index in 0..<count {
      let path = "\(data)/\(index % 2 == 0 ? "a" : "b")"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let bytes = index >= bad ? whole : [whole.dropLast(40), Data(), Data("<html>".utf8)][index % 3]
      try bytes.write(to: URL(filePath: "\(path)/\(index + 100).png"))
    }
    return data
  }

  @Test(arguments: [1, 3], [3, 23]) func allAreNamedBeforeTheFirstStep(ranks: Int, bad: Int) throws {
    let folder = try TemporaryFolder()
    var run = TrainingRun()
    run.recipe.data = .init(train: try ImageCheckTests.makeData(in: folder, count: 90, bad: bad))
    run.recipe.model = .layers(
      [.init(className: "Flatten"), .init(className: "Dense", values: ["units": 2])], input: [10, 13, 3])
    (run.recipe.batch, run.recipe.shards, run.recipe.augmentation) = (6, 3, [])
    (run.ranks, run.threads) = (ranks, 2)
    #expect { try run.train(in: folder, steps: 2) } throws: { error in
      let error = error as? TrainingError
      let text = error?.description ?? ""
      #expect(error?.kind == .data && error?.isShared == true, "\(text)")
      #expect(text.contains("\(bad) of 90 images cannot be read"), "\(text)")
      #expect(text.contains("100.png: the PNG image is truncated") || bad > 3)
      let list = (try? String(contentsOfFile: folder.path + "/unreadable-images.txt", encoding: .utf8)) ?? ""
      #expect(list.split(separator: "\n").count == (bad > 10 ? bad : 0))
      #expect(text.contains("and 13 more, all of them in") == (bad > 10))
      return true
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/last.h5"))
  }

  @Test func otherSizesAreFoundUnlessTheyAreResized() throws {
    let folder = try TemporaryFolder()
    let data = try ImageCheckTests.makeData(in: folder, count: 4, bad: 0)
    let check = ImageCheck(communicator: SingleCommunicator(), pool: WorkerPool(count: 2), cacheFolder: nil)
    #expect { try check.run(ImageFileSource(folder: data, shape: [5, 5, 3]), resizing: false) } throws: {
      "\($0)".contains("4 of 4 images cannot be read") && "\($0)".contains("10x13")
        && "\($0)".contains("set resize: true")
    }
    try check.run(ImageFileSource(folder: data, shape: [5, 5, 3], resize: true), resizing: true)
  }

  /// What was looked at once is not decoded again, until its size or its time changes.
  @Test func isRememberedBySizeAndTime() throws {
    let folder = try TemporaryFolder()
    let data = try ImageCheckTests.makeData(in: folder, count: 40, bad: 0)
    let check = ImageCheck(
      communicator: SingleCommunicator(), pool: WorkerPool(count: 2), cacheFolder: folder.path + "/cache",
      cachedCount: 10)
    let source = try ImageFileSource(folder: data, shape: [10, 13, 3])
    try check.run(source, resizing: false)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache").count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: data).sorted() == ["a", "b"])
    // Damaged behind our back, with size and time as before: nobody looks.
    let file = "\(data)/a/100.png"
    let time = Date(timeIntervalSince1970: 1_000_000_000)
    try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: file)
    try check.run(source, resizing: false)
    try Data(count: Data(contentsOf: ImageCheckTests.image).count).write(to: URL(filePath: file))
    try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: file)
    try check.run(source, resizing: false)
    // Another time, another use: the image is looked at again.
    #expect { try check.run(source, resizing: true) } throws: {
      "\($0)".contains("100.png: is no image of a known format")
    }
    try FileManager.default.setAttributes([.modificationDate: time + 1], ofItemAtPath: file)
    #expect { try check.run(source, resizing: false) } throws: { "\($0)".contains("1 of 40 images cannot be read") }
  }
}

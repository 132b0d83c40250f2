import ConvoyCommand
import Datasets
import Foundation
import Tasks
import Tensors
import Testing
import Training

/// `convoy data check` and `convoy data preview`, as a person would run them.
@Suite(.serialized) struct DataCommandTests {
  /// Class folders of noise, to train and to test on.
  private static func forChecking(test: Int = 3) throws -> ConvoyProcess {
    let convoy = try ConvoyProcess()
    var random = RandomStream(seed: 5, purpose: .shuffling, major: 0)
    for (split, count) in [("train", 6), ("test", test)] {
      for name in ["cat", "dog"] {
        try FileManager.default.createDirectory(
          atPath: convoy.path("pets/\(split)/\(name)"), withIntermediateDirectories: true)
        for index in 0..<count {
          let pixels = (0..<24 * 24 * 3).map { _ in UInt8(random.integer(below: 256)) }
          try convoy.writePicture("pets/\(split)/\(name)/\(index).png", height: 24, width: 24, channels: 3, pixels)
        }
      }
    }
    try convoy.write(
      "pets.yaml",
      """
      model: {input: [24, 24, 3], layers: [Flatten, {Dense: {units: 2, activation: softmax}}]}
      data: {train: pets/train, test: pets/test}
      batch: 4
      shards: 2
      epochs: 1
      augmentation: [{flip: horizontal}]
      """)
    return convoy
  }

  @Test func saysWhatIsWrongByStatusTableJSONAndSheet() throws {
    let convoy = try DataCommandTests.forChecking()
    defer { convoy.remove() }
    let clean = try convoy.run(["data", "check", "pets.yaml"])
    #expect(clean.status == 0 && clean.output.hasSuffix("nothing was found\n"), "\(clean.output)\(clean.errors)")
    #expect(clean.output.contains("train: cat 6, dog 6"))
    try FileManager.default.copyItem(
      atPath: convoy.path("pets/train/cat/2.png"), toPath: convoy.path("pets/test/cat/copy.png"))
    // A note alone is no error.
    try convoy.write("pets/train/README.txt", "pets")
    for path in ["pets.yaml", "pets", "pets/"] {
      let run = try convoy.run([
        "data", "check", path, "--json", "found.json", "--sheet", "found.png", "--overwrite",
      ])
      #expect(run.status == 3 && run.complaints.isEmpty, "\(run.errors)")
      #expect(run.lines.last == "1 error, 0 warnings, 1 note", "\(run.output)")
      let line = try #require(run.lines.first { $0.hasPrefix("error") })
      #expect(line.contains("same-image-in-two-splits") && line.contains("train/cat/2.png"), "\(line)")
      #expect(line.contains("test/cat/copy.png (train and test); remove them"), "\(line)")
      let result = try JSONDecoder().decode(DataCheckResult.self, from: Data(try convoy.read("found.json").utf8))
      #expect(result.findings.map(\.kind) == [.sameInTwoSplits, .leftOut])
      #expect(result.findings[0].cases.count == 1 && result.findings[0].cases[0].files.count == 2)
      let sheet = try Data(contentsOf: convoy.folder.appending(path: "found.png"))
      #expect(sheet.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }
    let printed = try convoy.run(["data", "check", "pets", "--json"])
    #expect(printed.status == 3)
    #expect(try JSONDecoder().decode(DataCheckResult.self, from: Data(printed.output.utf8)).splits.count == 2)
  }

  @Test func ranksSayTheSame() throws {
    let convoy = try DataCommandTests.forChecking(test: 20)
    defer { convoy.remove() }
    try convoy.write("pets/test/dog/web.png", "<html>")
    let alone = try convoy.run(["data", "check", "pets.yaml"])
    let together = try convoy.run(["data", "check", "pets.yaml"], ranks: 3)
    #expect(alone.status == 3 && together.status == 3, "\(together.errors)")
    #expect(alone.output == together.output && alone.output.contains("not-an-image"), "\(together.output)")
  }

  /// The pixels of the preview are those that the loader gives, in the order of the epoch.
  @Test func previewShowsWhatTheNetworkIsGiven() throws {
    let convoy = try DataCommandTests.forChecking()
    defer { convoy.remove() }
    func preview(_ arguments: [String]) throws -> Data {
      let run = try convoy.run(["data", "preview", "pets.yaml", "--out", "p.png", "--overwrite"] + arguments)
      #expect(run.status == 0, "\(run.errors)")
      return try Data(contentsOf: convoy.folder.appending(path: "p.png"))
    }
    let first = try preview(["--samples", "4"])
    #expect(try preview(["--samples", "4"]) == first)
    #expect(try preview(["--samples", "4", "--epoch", "2"]) != first)
    #expect(try preview(["--samples", "4", "--set", "seed=1"]) != first)
    let test = try preview(["--split", "test"])
    #expect(try preview(["--split", "test", "--epoch", "2"]) == test)
    let recipe = try Configuration(path: convoy.path("pets.yaml"), currentFolder: convoy.folder.path).recipe
    let picture = try DataPreview(recipe).picture(epoch: 0, samples: 1)
    // Enlarged eightfold, eight pixels from the corner.
    let sampler = Sampler(count: 12, batch: 4, shards: 2, shuffledBy: 0)
    let source = try openSource(convoy.path("pets/train"))
    let stored = try source.sample(Int(sampler.order(ofEpoch: 0)[0]))
    func shown(_ row: Int, _ column: Int) -> [UInt8] {
      let (y, x) = (8 + 8 * row + 3, 8 + 8 * column + 3)
      let start = (y * picture.width + x) * 3
      return Array(picture.bytes[start..<start + 3])
    }
    func original(_ row: Int, _ column: Int) -> [UInt8] {
      let start = (row * 24 + column) * 3
      return Array(stored[start..<start + 3])
    }
    func distance(_ row: Int, _ column: Int, isMirrored: Bool) -> Int {
      let pixel = original(row, isMirrored ? 23 - column : column)
      return zip(shown(row, column), pixel).map { abs(Int($0) - Int($1)) }.max()!
    }
    let places = [(0, 0), (3, 20), (23, 23), (11, 5)]
    let distances = [false, true].map { isMirrored in
      places.map { distance($0.0, $0.1, isMirrored: isMirrored) }.max()!
    }
    #expect(distances.min()! <= 1, "\(distances)")
  }

  /// Training itself says what costs it nothing to find out.
  @Test func trainingTellsOfCopies() throws {
    let convoy = try DataCommandTests.forChecking()
    defer { convoy.remove() }
    let clean = try convoy.run(["train", "pets.yaml", "--output", "clean"])
    #expect(clean.status == 0 && !clean.output.contains("byte for byte"), "\(clean.errors)")
    try FileManager.default.copyItem(
      atPath: convoy.path("pets/train/cat/2.png"), toPath: convoy.path("pets/test/cat/copy.png"))
    let run = try convoy.run(["train", "pets.yaml", "--output", "run"])
    #expect(run.status == 0 && run.output.contains("1 of 7 samples of"), "\(run.output)")
    #expect(run.output.contains("test/cat/copy.png is ") && run.output.contains("train/cat/2.png)"), "\(run.output)")
  }

  @Test func trainingTellsOfRareClassesAndGroups() throws {
    let convoy = try DataCommandTests.forChecking()
    defer { convoy.remove() }
    let rows = (0..<42).map {
      "pets/train/\($0 % 2 == 0 ? "cat" : "dog")/\($0 % 6).png,\($0 < 40 ? "cat" : "dog"),\($0)"
    }
    try convoy.write("train.csv", (["image,label,owner"] + rows).joined(separator: "\n"))
    try convoy.write("test.csv", "image,label,owner\npets/test/cat/0.png,cat,900\npets/test/dog/0.png,dog,7\n")
    let arguments = ["--set", "data.train=train.csv", "--set", "data.test=test.csv", "--max-steps", "1"]
    let run = try convoy.run(["train", "pets.yaml", "--output", "run"] + arguments)
    #expect(run.output.contains("has few samples of 'dog' (2) beside 'cat' (40)"), "\(run.output)\(run.errors)")
    let balanced = try convoy.run(
      ["train", "pets.yaml", "--output", "balanced", "--set", "classWeights=balanced"] + arguments)
    #expect(!balanced.output.contains("has few samples"), "\(balanced.output)")
    let grouped = try convoy.run(
      ["train", "pets.yaml", "--output", "grouped", "--set", "data.split={validation: 30%, group: owner}"] + arguments)
    #expect(grouped.output.contains("groups of 'owner' are in two splits: 7 in "), "\(grouped.output)\(grouped.errors)")
  }
}

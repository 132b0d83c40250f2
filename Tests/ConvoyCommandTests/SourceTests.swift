import Datasets
import Foundation
import Tensors
import Testing

/// Properties of every form of data.
@Suite(.serialized) struct SourceTests {
  @Test(arguments: SourceTrial.all, [0, 1 << 30]) func holdsTheSameSamples(_ trial: SourceTrial, limit: Int) throws {
    let source = try trial.open(memoryLimit: limit)
    #expect(source.count == 20 && source.columns.map(\.name) == ["image", "label"])
    #expect(source.columns.map(\.shape) == [[32, 32, 3], [1]] && source.element == .byte)
    #expect(source.classNames == (trial.hasNames ? SourceTrial.classes : []))
    let images = try SourceTrial.images()
    var sample = Sample(source.columns)
    for index in [7, 0, 19, 7] + Array(0..<20) {
      try source.read(index, epoch: 0, .all, into: &sample)
      #expect(sample.bytes(of: 0) == Array(images[index * 3072..<(index + 1) * 3072]), "image \(index)")
      #expect(sample.numbers(of: 1) == [Float(index % 10)] && source.label(at: index) == index % 10)
    }
  }

  @Test(arguments: SourceTrial.all) func holdsFurtherColumns(_ trial: SourceTrial) throws {
    guard trial.others != nil else { return }
    let source = try trial.open(withOthers: true)
    #expect(source.columns.map(\.name) == ["image", "label", "ages", "pairs"])
    var sample = Sample(source.columns)
    for index in 0..<20 {
      try source.read(index, epoch: 0, .all, into: &sample)
      #expect(sample.numbers(of: 2) == [Float(index) * 1.5 + 20])
      #expect(sample.numbers(of: 3) == [Float(index) / 4, -Float(index) / 4])
    }
  }

  /// The same weights from every form, on any ranks, whole or resumed in the middle of an epoch.
  @Test(arguments: SourceTrial.all) func trainsToTheSameWeights(_ trial: SourceTrial) throws {
    let convoy = try trial.prepare()
    defer { convoy.remove() }
    let expected = try SourceTests.digest.get()
    let one = try convoy.run(["train", "a.yaml", "--output", "one"])
    #expect(one.status == 0 && one.digest == expected, "\(one.errors)")
    let two = try convoy.run(["train", "a.yaml", "--output", "two"], ranks: 2)
    #expect(two.status == 0 && two.digest == expected, "\(two.errors)")
    let stopped = try convoy.run(["train", "a.yaml", "--output", "part", "--max-steps", "2"], ranks: 2)
    #expect(stopped.status == 0 && stopped.digest != expected, "\(stopped.errors)")
    let resumed = try convoy.run(["train", "a.yaml", "--output", "part", "--resume"])
    #expect(resumed.status == 0 && resumed.digest == expected, "\(resumed.errors)")
    let evaluated = try convoy.run(["evaluate", "one/last.h5", "--split", "train"])
    #expect(evaluated.status == 0 && evaluated.output.contains("train loss "), "\(evaluated.errors)")
  }

  /// Of the weights that a list with class numbers leads to.
  private static let digest = Result<String, any Error> {
    let convoy = try SourceTrial.all[0].prepare()
    defer { convoy.remove() }
    let lines = (0..<20).map { "data/files/images/\($0 < 10 ? "0" : "")\($0).png,\($0 % 10)\n" }
    try convoy.write("list.csv", "image,label\n" + lines.joined())
    let run = try convoy.run(["train", "a.yaml", "--output", "run", "--set", "data.train=list.csv"])
    return try #require(run.digest, "\(run.errors)")
  }

  /// One sentence that names the file, whatever is wrong with it.
  @Test(arguments: SourceTrial.all) func refusesDamagedFiles(_ trial: SourceTrial) throws {
    let convoy = try trial.prepare()
    defer { convoy.remove() }
    let (file, folder) = (convoy.path("data/\(trial.file)"), convoy.path("data"))
    let whole = try Data(contentsOf: URL(fileURLWithPath: file))
    func refuses(_ contents: Data?, _ what: String) throws {
      try? FileManager.default.removeItem(atPath: file)
      try contents?.write(to: URL(fileURLWithPath: file))
      for limit in [0, 1 << 30] {
        do {
          let source = try trial.open(in: folder, memoryLimit: limit)
          var sample = Sample(source.columns)
          for index in 0..<source.count { try source.read(index, epoch: 0, .all, into: &sample) }
          Issue.record("\(what) is read")
        } catch let error as DataError {
          let stem = trial.file.split(separator: "/").last!.split(separator: ".")[0]
          #expect(error.description.contains(stem) || what == "nothing", "\(what): \(error)")
          #expect(!error.description.contains("\n") && !error.description.hasSuffix("."), "\(what): \(error)")
        }
      }
    }
    // Text and records may end behind a line or a record.
    try refuses(whole.prefix(whole.count / 2 + 5), "half of it")
    if !trial.isText { try refuses(whole.prefix(whole.count - 1), "all but a byte") }
    try refuses(Data(), "an empty file")
    let image = SourceTrial.fixtures.appending(path: "files/images/00.png")
    try refuses(try Data(contentsOf: image), "an image")
    if !trial.mayLackFiles { try refuses(nil, "nothing") }
  }

  @Test(arguments: SourceTrial.all) func refusesClassesThatTheNetworkHasNot(_ trial: SourceTrial) throws {
    #expect(try trial.open(classes: 10).count == 20)
    let error = #expect(throws: DataError.self) { _ = try trial.open(classes: 9) }
    #expect(error?.description.contains("the network has 9") == true, "\(error!)")
  }

  /// Parts that are measured share no patient with the one that is trained on, on any ranks.
  @Test func splitsByGroups() throws {
    let trial = try #require(SourceTrial.all.first { $0.name == "JSON lines" })
    let convoy = try trial.prepare()
    defer { convoy.remove() }
    let split = ["--set", "data.split={validation: 20%, test: 20%, group: patients}"]
    let one = try convoy.run(["train", "a.yaml", "--output", "one"] + split)
    let two = try convoy.run(["train", "a.yaml", "--output", "two"] + split, ranks: 2)
    #expect(one.status == 0 && one.digest == two.digest, "\(one.errors)\(two.errors)")
    let worst = try convoy.run(["evaluate", "one/last.h5", "--split", "validation", "--output", "out"])
    #expect(worst.status == 0, "\(worst.errors)")
    let none = try convoy.run(["train", "a.yaml", "--output", "no", "--set", "data.split={test: 20%, group: clinic}"])
    #expect(none.status == 3 && none.complaints.first?.contains("'clinic'") == true, "\(none.errors)")
  }
}

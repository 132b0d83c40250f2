import Foundation
import Keras
import Networks
import Synchronization
import Tensors
import TestSupport
import Testing
import Training

/// A run is resumed with the data that it was trained on, or its user says that it is not.
@Suite(.serialized) struct DataChangeTests {
  private static let images = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/images").path()

  /// Two classes of four images each; three steps make an epoch.
  private static func makeData(in folder: borrowing TemporaryFolder) throws -> String {
    let data = folder.path + "/data"
    let names = [
      "rgb.png", "grey.jpg", "half.jpg", "alpha.png", "full.jpg", "onebit.png", "grey.png", "restart.jpg",
    ]
    for (index, name) in names.enumerated() {
      let path = "\(data)/\(index % 2 == 0 ? "a" : "b")"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      // Behind the end of an image, bytes mean nothing.
      let bytes = try Data(contentsOf: URL(filePath: "\(images)/\(name)")) + Data("end".utf8)
      try bytes.write(to: URL(filePath: "\(path)/\(name)"))
    }
    return data
  }

  private static func run(_ data: String) -> TrainingRun {
    var run = TrainingRun()
    run.recipe.data = .init(train: data)
    run.recipe.model = .layers(
      [.init(className: "Flatten"), .init(className: "Dense", values: ["units": 2])], input: [10, 13, 3])
    (run.recipe.batch, run.recipe.shards, run.recipe.epochs, run.recipe.augmentation) = (3, 3, 4, [])
    run.recipe.optimizer.rate = 0.001
    return run
  }

  /// Changes of the data; those of `sameSize` can only be seen in the bytes.
  static let changes: [(name: String, change: @Sendable (_ data: String) throws -> Void)] = [
    ("one more", { try FileManager.default.copyItem(atPath: "\($0)/a/rgb.png", toPath: "\($0)/a/zzz.png") }),
    ("one fewer", { try FileManager.default.removeItem(atPath: "\($0)/b/onebit.png") }),
    ("another name", { try FileManager.default.moveItem(atPath: "\($0)/b/onebit.png", toPath: "\($0)/b/deer.png") }),
    ("another class", { try FileManager.default.moveItem(atPath: "\($0)/b/onebit.png", toPath: "\($0)/a/onebit.png") }),
    (
      "another size",
      { data in
        try FileManager.default.removeItem(atPath: "\(data)/b/onebit.png")
        try FileManager.default.copyItem(atPath: "\(data)/a/rgb.png", toPath: "\(data)/b/onebit.png")
      }
    ),
    (
      "same size, other bytes",
      { data in
        let file = URL(filePath: "\(data)/b/onebit.png")
        try (Data(contentsOf: file).dropLast(3) + Data("END".utf8)).write(to: file)
      }
    ),
  ]

  @Test(arguments: changes.indices) func otherDataIsRefused(index: Int) throws {
    for ranks in [1, 2] {
      let folder = try TemporaryFolder()
      let data = try DataChangeTests.makeData(in: folder)
      var run = DataChangeTests.run(data)
      let first = try run.train(in: folder, steps: 4)[0]
      try DataChangeTests.changes[index].change(data)
      run.ranks = ranks
      #expect { try run.train(in: folder, steps: 1000, resume: true) } throws: { error in
        let text = "\(error)"
        return (error as? TrainingError)?.kind == .data && text.contains("was trained on other data")
          && text.contains("--data-changed")
      }
      let summary = try run.train(in: folder, steps: 1000, resume: true, dataChanged: true)[0]
      let count = summary.state.trainingData!.count
      // The second epoch begins anew, and there are four in the end, whatever a step of the old data was.
      #expect(summary.state.samples == 4 * count && summary.state.history.map(\.epoch) == [1, 2, 3, 4])
      #expect(summary.state.step == 4 + 3 * ((count + 2) / 3))
      #expect(summary.state.trainingData != first.state.trainingData)
      // From then on the new data is the run's.
      #expect(try run.train(in: folder, steps: 1000, resume: true)[0].state == summary.state)
    }
  }

  @Test func theSameDataElsewhereIsTheSame() throws {
    let folder = try TemporaryFolder()
    let data = try DataChangeTests.makeData(in: folder)
    var run = DataChangeTests.run(data)
    let straight = try TemporaryFolder()
    let whole = try run.train(in: straight, steps: 1000)[0]
    _ = try run.train(in: folder, steps: 4)
    // Copied files have other times.
    try FileManager.default.copyItem(atPath: data, toPath: folder.path + "/elsewhere")
    try FileManager.default.removeItem(atPath: data)
    let time = Date(timeIntervalSince1970: 1e9)
    try FileManager.default.setAttributes(
      [.modificationDate: time], ofItemAtPath: "\(folder.path)/elsewhere/a/rgb.png")
    run.recipe.data.train = folder.path + "/elsewhere"
    run.ranks = 3
    let summary = try run.train(in: folder, steps: 1000, resume: true)[0]
    #expect(summary.weightsDigest == whole.weightsDigest && summary.state == whole.state)
  }

  @Test func validationDataIsComparedToo() throws {
    let folder = try TemporaryFolder()
    let data = try DataChangeTests.makeData(in: folder)
    var run = DataChangeTests.run(data)
    run.recipe.data.validation = data + "2"
    try FileManager.default.copyItem(atPath: data, toPath: data + "2")
    _ = try run.train(in: folder, steps: 4)
    try DataChangeTests.changes[1].change(data + "2")
    #expect { try run.train(in: folder, steps: 8, resume: true) } throws: {
      "\($0)".contains("the data it is measured on has 7 samples instead of 8")
    }
    // The cursor stays where it is, as the samples to train on are the same.
    #expect(try run.train(in: folder, steps: 8, resume: true, dataChanged: true)[0].state.step == 8)
  }

  @Test func checkpointsWithoutADigestAreResumedWithALine() throws {
    let folder = try TemporaryFolder()
    let run = DataChangeTests.run(try DataChangeTests.makeData(in: folder))
    let path = try run.train(in: folder, steps: 4)[0].checkpoint
    let (header, graph) = (try Checkpoint.header(of: path), try KerasModel(reading: path).graph)
    let weights = Weights(ParameterTable(graph))
    let slots = [Buffer(count: weights.trainable.count)]
    try Checkpoint.load(path, graph: graph, into: weights, slots: slots)
    var state = header.state
    (state.trainingData, state.monitoredData) = (nil, nil)
    try Checkpoint.write(to: path, graph: graph, weights: weights, slots: slots, state: state, recipe: header.recipe)
    let notices = Notices()
    let summary = try run.train(in: folder, steps: 6, resume: true, callbacks: { _ in [notices] })[0]
    #expect(summary.state.step == 6 && summary.state.trainingData != nil)
    #expect(notices.sentences.withLock { $0.contains { $0.contains("could not be checked") } })
  }

  /// What a run may change on its way, and what it says of it.
  @Test func rateAndLengthMayChange() throws {
    let folder = try TemporaryFolder()
    var run = DataChangeTests.run(try DataChangeTests.makeData(in: folder))
    run.recipe.schedule.name = .cosine
    _ = try run.train(in: folder, steps: 4)
    run.recipe.optimizer.rate = 0.002
    run.recipe.epochs = 6
    run.recipe.schedule.warmup = .steps(2)
    let notices = Notices()
    let summary = try run.train(in: folder, steps: 1000, resume: true, callbacks: { _ in [notices] })[0]
    #expect(summary.state.history.count == 6)
    let sentences = notices.sentences.withLock { $0 }
    let parts = [
      "'epochs' is 6 instead of 4", "'optimizer.rate' is 0.002 instead of 0.001 from step 5 on",
      "the schedule is another one: from step 5 on",
    ]
    for part in parts {
      #expect(sentences.count { $0.contains(part) } == 1, "\(sentences)")
    }
    run.recipe.optimizer.momentum = 0.5
    #expect { try run.train(in: folder, steps: 1000, resume: true) } throws: {
      "\($0)".contains("'optimizer.momentum' was 0.9 and is 0.5")
    }
    run.recipe.optimizer.momentum = 0.9
    run.recipe.data.resize = true
    #expect { try run.train(in: folder, steps: 1000, resume: true) } throws: {
      "\($0)".contains("'data.resize' was false and is true")
    }
  }

  private final class Notices: Callback, Sendable {
    let sentences = Mutex<[String]>([])

    func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
      if case .noticed(let sentence) = event { sentences.withLock { $0.append(sentence) } }
      return .goOn
    }
  }
}

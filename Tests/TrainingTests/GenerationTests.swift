import Foundation
import TestSupport
import Testing
import Training

/// Which checkpoints a run keeps, and which one it goes on from.
@Suite(.serialized) struct GenerationTests {
  private func run(every steps: Int = 2, last: Int = 3) -> TrainingRun {
    var run = TrainingRun(model: "lenet5")
    run.recipe.checkpoint.every = .steps(steps)
    run.recipe.checkpoint.keep.last = last
    return run
  }

  private func names(in folder: borrowing TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  private func damage(_ name: String, in folder: borrowing TemporaryFolder) throws {
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: "\(folder.path)/\(name)"))
    defer { try? file.close() }
    try file.seek(toOffset: 3000)
    let byte = try #require(try file.read(upToCount: 1)).first!
    try file.seek(toOffset: 3000)
    try file.write(contentsOf: Data([byte ^ 1]))
  }

  @Test func theNewestOnesAreKept() throws {
    let folder = try TemporaryFolder()
    _ = try run().train(in: folder, steps: 9)
    #expect(try names(in: folder) == ["last.h5", "step-00000006.h5", "step-00000008.h5", "step-00000009.h5"])
    #expect(try Checkpoint.header(of: folder.path + "/last.h5").state.step == 9)
    #expect(
      try Checkpoint.files(in: folder.path).map { String($0.dropFirst(folder.path.count + 1)) } == [
        "last.h5", "step-00000009.h5", "step-00000008.h5", "step-00000006.h5",
      ])
    // last.h5 is another name of the newest one.
    let numbers = try ["last.h5", "step-00000009.h5"].map {
      try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\($0)")[.systemFileNumber] as? Int
    }
    #expect(numbers[0] == numbers[1])
  }

  @Test func aRunThatReplacesAnotherRemovesItsFiles() throws {
    let folder = try TemporaryFolder()
    _ = try run().train(in: folder, steps: 8)
    _ = try run(last: 1).train(in: folder, steps: 1)
    #expect(try names(in: folder) == ["last.h5"])
  }

  @Test func whatAKilledProcessLeftIsRemoved() throws {
    let folder = try TemporaryFolder()
    try Data([1]).write(to: URL(fileURLWithPath: folder.path + "/last.h5.123.temporary"))
    _ = try run().train(in: folder, steps: 1)
    #expect(try names(in: folder) == ["last.h5", "step-00000001.h5"])
  }

  @Test func resumingFallsBackToTheNewestSoundOne() throws {
    let folder = try TemporaryFolder()
    let whole = try run().digest(steps: 11)
    _ = try run().train(in: folder, steps: 8)
    try damage("step-00000008.h5", in: folder)
    try damage("step-00000006.h5", in: folder)
    var resumed = run()
    resumed.ranks = 2
    let resumption = Box<Resumption>()
    let summary = try resumed.train(in: folder, steps: 11, resume: true, began: { resumption.value = $0.resumption })[0]
    #expect(summary.weightsDigest == whole)
    #expect(resumption.value?.path == folder.path + "/step-00000004.h5" && resumption.value?.step == 4)
    #expect(
      resumption.value?.skipped.map { $0.prefix { $0 != ":" } }
        == [
          "last.h5", "step-00000008.h5", "step-00000006.h5",
        ].map { "\(folder.path)/\($0)" })
    #expect(resumption.value?.skipped.allSatisfy { $0.hasSuffix(" is damaged") } == true)
    // The damaged ones are gone, and what came later is sound.
    #expect(try names(in: folder) == ["last.h5", "step-00000008.h5", "step-00000010.h5", "step-00000011.h5"])
    for file in try Checkpoint.files(in: folder.path) { #expect(try Verification(of: file).isSound) }
  }

  @Test func nothingSoundIsAnError() throws {
    let folder = try TemporaryFolder()
    _ = try run(last: 1).train(in: folder, steps: 2)
    try damage("last.h5", in: folder)
    #expect { try run().train(in: folder, steps: 3, resume: true) } throws: {
      "\($0)".contains("no checkpoint in \(folder.path) is sound: ") && "\($0)".contains("last.h5")
    }
  }
}

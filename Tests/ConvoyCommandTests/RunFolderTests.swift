import Foundation
import Testing

/// The fate of a run that a folder holds already.
@Suite(.serialized) struct RunFolderTests {
  private let train = ConvoyProcess.training

  private func prepared(epochs: Int = 1) throws -> ConvoyProcess { try .forTraining(epochs: epochs) }

  private func bytes(_ convoy: ConvoyProcess) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: convoy.path("run/last.h5")))
  }

  /// A run that has begun and one that is over.
  @Test(arguments: [["--max-steps", "10"], []]) func aRunIsReplacedOnRequestOnly(_ end: [String]) throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let first = try convoy.run(train + end)
    #expect(first.status == 0)
    let before = try bytes(convoy)
    for ranks in [nil, 2] {
      let again = try convoy.run(train, ranks: ranks)
      #expect(again.status == 2, "\(again.output)\(again.errors)")
      #expect(
        again.complaints == [
          "convoy: run holds a run already after step \(end.isEmpty ? 40 : 10); go on with it with --resume, "
            + "train in another folder with --output, or replace it with --overwrite."
        ], "\(again.errors)")
      #expect(try bytes(convoy) == before)
    }
    let other = try convoy.run(train + ["--set", "batch=200"])
    #expect(other.status == 2 && other.errors.contains("('batch' was 100 and is 200); choose another folder"))
    #expect(try bytes(convoy) == before)
    let resumed = try convoy.run(train + ["--resume"])
    #expect(resumed.status == 0 && resumed.lines.contains { $0.hasPrefix("resuming from run/last.h5 after step ") })
    let isFinished = resumed.output.contains("run holds a finished run: to train longer, add --set epochs=N with more")
    #expect(isFinished == end.isEmpty)
    let replaced = try convoy.run(train + ["--overwrite", "--set", "seed=1"])
    #expect(replaced.status == 0 && replaced.output.hasPrefix("the run in run is replaced"), "\(replaced.errors)")
    #expect(replaced.digest != resumed.digest)
  }

  /// `launch/convoy-run` adds --resume when it starts a run again.
  @Test func bothFlagsGoOnWithThisRunAndReplaceAnother() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let both = train + ["--overwrite", "--resume"]
    #expect(try convoy.run(both + ["--max-steps", "10"]).output.contains("run holds no checkpoint yet"))
    #expect(try convoy.run(both).output.contains("resuming from run/last.h5 after step 10"))
    #expect(try convoy.run(both + ["--set", "seed=1"]).output.contains("the run in run is replaced"))
  }

  /// Files of other programs with the names that a run gives its own.
  @Test func otherFilesAreNotLost() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    try convoy.write("config.yaml", try convoy.read("a.yaml"))
    let text = try convoy.read("config.yaml")
    for flags in [[], ["--overwrite"]] {
      let own = try convoy.run(["train", "config.yaml", "--output", "."] + flags)
      #expect(own.status == 2 && own.errors.contains("config.yaml is what this command reads"), "\(own.errors)")
    }
    let other = try convoy.run(["train", "a.yaml", "--output", "."])
    #expect(other.status == 2 && other.errors.contains("config.yaml is there already"), "\(other.errors)")
    #expect(try convoy.read("config.yaml") == text)
    try FileManager.default.createDirectory(atPath: convoy.path("full"), withIntermediateDirectories: true)
    try convoy.write("full/notes.txt", "mine")
    #expect(try convoy.run(["train", "a.yaml", "--output", "full", "--max-steps", "1"]).status == 0)
    #expect(try convoy.read("full/notes.txt") == "mine")
    // What it begins with is not replaced by what it becomes.
    let itself = ["train", "a.yaml", "--output", "full", "--overwrite", "--set", "model=full/last.h5"]
    let lost = try convoy.run(itself)
    #expect(lost.status == 2 && lost.errors.contains("full/last.h5 is what this command reads"), "\(lost.errors)")
    #expect(try convoy.run(["verify", "full"]).status == 0)
  }

  @Test func aSecondRunInOneFolderIsRefused() throws {
    let convoy = try prepared(epochs: 200)
    defer { convoy.remove() }
    let first = try convoy.run(train) { process in
      try convoy.waitForCheckpoint()
      for ranks in [nil, 2] {
        let second = try convoy.run(train + ["--resume"], ranks: ranks)
        #expect(second.status == 1 && second.complaints.count == 1, "\(second.output)\(second.errors)")
        let holder = "convoy: run is in use by `convoy train`, process \(process) on "
        #expect(second.complaints.first?.hasPrefix(holder) == true, "\(second.errors)")
      }
      kill(process, SIGKILL)
    }
    #expect(first.status == SIGKILL && first.wasKilled)
    // Whatever ends a process ends its lock.
    #expect(convoy.exists("run/.train.lock"))
    let third = try convoy.run(train + ["--resume", "--max-steps", "1"])
    #expect(third.status == 0, "\(third.errors)")
  }
}

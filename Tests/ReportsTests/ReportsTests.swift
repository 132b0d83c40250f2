import Communication
import Foundation
import Networks
import Reports
import Testing
import Training

@Suite struct ReportsTests {
  /// Runs a small training of 4 epochs of 3 steps with the given callbacks.
  private func train(
    _ folder: URL, maxSteps: Int? = nil, resume: Bool = false, _ callbacks: any Callback...
  ) throws -> TrainingSummary {
    var recipe = Recipe(
      model: .layers(
        [.init(className: "Flatten"), .init(className: "Dense", values: ["units": 4])], input: [4, 4, 1]),
      data: DataChoice(train: "synthetic:20", test: "synthetic:8"))
    (recipe.batch, recipe.shards, recipe.epochs, recipe.threads) = (8, 2, 4, .fixed(1))
    var callbacks = callbacks
    let trainer = try Trainer(recipe, folder: folder.path, communicator: World.join(), resume: resume)
    return try trainer.train(maxSteps: maxSteps, callbacks: &callbacks)
  }

  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "convoy-reports-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  /// The output of a reporter, with a clock that moves by so many seconds whenever it is asked.
  private final class Screen {
    var text = ""
    private var time = 0.0
    private let tick: Double

    init(tick: Double) { self.tick = tick }

    /// - Parameter columns: asked for at every line.
    func reporter(columns: (() -> Int)?) -> ProgressReporter {
      ProgressReporter(
        columns: columns,
        now: { [self] in
          time += tick
          return time
        }, write: { [self] in text += $0 })
    }
  }

  @Test func plainLinesAreFewAndWhole() throws {
    try inFolder { folder in
      let screen = Screen(tick: 0.01)
      _ = try train(folder, screen.reporter(columns: nil))
      let lines = screen.text.split(separator: "\n")
      #expect(lines.count == 7 && lines[1].hasPrefix("samples have the shape"))
      #expect(lines[2].hasPrefix("images are prepared as is usual"))
      #expect(lines[0] == "training 68 parameters for 12 steps of 8 images in 2 shards on 1 rank of 1 thread")
      let epoch =
        #/
        epoch\ 4/4\ \ step\ 12/12\ \ loss\ [0-9.]+\ \ accuracy\ [0-9.]+\ %
        \ \ test\ loss\ [0-9.]+\ \ test\ accuracy\ [0-9.]+\ %\ \ [0-9,]+\ images/s\ \ 0:00\ left
        /#
      #expect(try epoch.wholeMatch(in: lines[6]) != nil, "\(lines[6])")
      #expect(!screen.text.contains("\r"))
    }
  }

  @Test func slowStepsHaveLinesOfTheirOwn() throws {
    try inFolder { folder in
      let screen = Screen(tick: 6)
      _ = try train(folder, screen.reporter(columns: nil))
      // Three at the start, one for each of the 12 steps, one for each of the 4 epochs.
      #expect(screen.text.split(separator: "\n").count == 19)
      #expect(screen.text.contains("\nepoch 2/4  step 4/12  loss "))
    }
  }

  @Test func aTerminalLineIsRewritten() throws {
    try inFolder { folder in
      let screen = Screen(tick: 1)
      _ = try train(folder, screen.reporter(columns: { 200 }))
      #expect(screen.text.count { $0 == "\r" } == 16)
      #expect(screen.text.split(separator: "\n").count == 7)
      #expect(screen.text.hasSuffix("left\u{1B}[K\n"))
    }
  }

  /// Whatever the width, also while it changes: a line that wraps would be left behind ten times a second.
  @Test(arguments: [1, 2, 20, 40, 60, 80, 120]) func aTerminalLineNeverWraps(width: Int) throws {
    try inFolder { folder in
      let screen = Screen(tick: 1)
      var widths: [Int] = []
      _ = try train(
        folder,
        screen.reporter(columns: {
          widths.append(max(1, width - widths.count % 3))
          return widths.last!
        }))
      let lines = screen.text.matches(of: /\r([^\u{1B}\n]*)\u{1B}\[K(?!\n)/).map { $0.1 }
      #expect(lines.count == 12 && widths.count == 12)
      for (line, width) in zip(lines, widths) { #expect(line.count <= max(1, width - 1), "\(line)") }
      if width >= 60 {
        #expect(lines.allSatisfy { $0.contains("step ") && $0.contains("loss ") && $0.hasSuffix(" left") })
      }
    }
  }

  /// A run that has nothing to do says so, not a negative number of steps.
  @Test func aRunThatIsOverSaysSo() throws {
    try inFolder { folder in
      _ = try train(folder, Screen(tick: 1).reporter(columns: nil))
      let screen = Screen(tick: 1)
      _ = try train(folder, maxSteps: 5, resume: true, screen.reporter(columns: nil))
      #expect(screen.text.hasPrefix("nothing left to train: step 12 of 5 is done\n"), "\(screen.text)")
    }
  }

  @Test func historyHasEpochsAndSteps() throws {
    try inFolder { folder in
      let path = folder.appending(path: "history.jsonl").path
      _ = try train(folder, HistoryWriter(path: path, interval: 5))
      let lines = try records(path)
      #expect(lines.map { $0["kind"] as? String } == ["epoch", "steps", "epoch", "epoch", "steps", "epoch"])
      #expect(lines.map { $0["step"] as? Int } == [3, 5, 6, 9, 10, 12])
      #expect(lines.map { $0["samples"] as? Int } == [20, 36, 40, 60, 68, 80])
      #expect(lines.map { $0["epoch"] as? Int } == [1, 2, 2, 3, 4, 4])
      #expect(
        lines.allSatisfy { $0["loss"] is Double && $0["exposedMilliseconds"] != nil && $0["rate"] as? Double == 0.01 })
      #expect(lines.allSatisfy { ($0["testAccuracy"] != nil) == ($0["kind"] as? String == "epoch") })
    }
  }

  @Test func aHistoryThatCannotBeWrittenIsSaidOnce() throws {
    try inFolder { folder in
      let path = folder.appending(path: "history.jsonl").path
      let warnings = Warnings()
      // A folder takes no lines.
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      struct Late: Callback {
        var writer: HistoryWriter
        mutating func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) throws -> Directive {
          if case .began = event { .goOn } else { try writer.handle(event, report) }
        }
      }
      _ = try train(folder, Late(writer: HistoryWriter(path: path, interval: 5) { warnings.texts.append($0) }))
      #expect(warnings.texts.count == 1)
      #expect(warnings.texts.first?.contains("cannot be written") == true)
    }
  }

  private final class Warnings { var texts: [String] = [] }

  @Test func resumedHistoryHasNoStepTwice() throws {
    try inFolder { folder in
      let path = folder.appending(path: "history.jsonl").path
      _ = try train(folder, maxSteps: 7, HistoryWriter(path: path, interval: 2))
      // Lines behind the checkpoint, as a run leaves them that has died.
      let later = try #require(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").last)
        .replacing(/"step":6/, with: "\"step\":8")
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try file.seekToEnd()
      try file.write(contentsOf: Data("\(later)\n{\"cut".utf8))
      try file.close()
      _ = try train(folder, resume: true, HistoryWriter(path: path, interval: 2))
      #expect(try records(path).map { $0["step"] as? Int } == [2, 3, 4, 6, 6, 8, 9, 10, 12, 12])
      // A new run begins a new history.
      _ = try train(folder, maxSteps: 2, HistoryWriter(path: path, interval: 2))
      #expect(try records(path).map { $0["step"] as? Int } == [2])
    }
  }

  private func records(_ path: String) throws -> [[String: Any]] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test func summaryEndsWithTheDigest() throws {
    try inFolder { folder in
      let summary = try train(folder, maxSteps: 4)
      let lines = summary.text.split(separator: "\n")
      #expect(lines[0] == "steps 4")
      #expect(lines[1] == "samples 28")
      #expect(lines[2].hasPrefix("training loss ") && lines[2].hasSuffix(" of 8) so far in epoch 2"))
      #expect(lines[3].hasPrefix("test loss ") && lines[3].hasSuffix(" of 8)"))
      #expect(lines[5] == "checkpoint \(folder.path)/last.h5")
      #expect(lines[6] == "weights sha256 \(summary.weightsDigest)")
    }
  }
}

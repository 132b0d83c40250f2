import Foundation
import Testing

/// Runs the built command.
@Suite(.serialized) struct EndToEndTests {
  private static let configuration = """
    model:
      input: [28, 28, 1]
      layers:
        - Conv2D: {filters: 4, kernel_size: 5, strides: 2, activation: relu}
        - BatchNormalization
        - Flatten
        - Dense: {units: 10, activation: softmax}
    data:
      train: \(ConvoyProcess.root.path)/data/digits.h5:/train
      test: \(ConvoyProcess.root.path)/data/digits.h5:/test
    batch: 250
    shards: 5
    epochs: 2
    optimizer: {rate: 0.05, momentum: 0.9}
    preprocessing: {standardize: mnist}
    augmentation: [{padCrop: 2}]

    """

  private func prepared() throws -> ConvoyProcess {
    let convoy = try ConvoyProcess()
    try convoy.write("a.yaml", EndToEndTests.configuration)
    return convoy
  }

  @Test func trainLeavesWhatItPromises() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let run = try convoy.run(["train", "a.yaml", "--output", "run", "--set", "epochs=1"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.digest?.count == 64)
    #expect(run.lines.contains("steps 16"))
    #expect(run.lines.contains("samples 4000"))
    #expect(run.lines.contains("checkpoint run/last.h5"))
    #expect(run.lines.contains { $0.hasPrefix("test loss ") && $0.hasSuffix(" of 1000)") })
    #expect(!run.output.contains("\r"))
    #expect(
      Set(try FileManager.default.contentsOfDirectory(atPath: convoy.path("run"))) == [
        "last.h5", "history.jsonl", "config.yaml", ".train.lock",
      ])
    let history = try convoy.read("run/history.jsonl").split(separator: "\n")
    #expect(history.count == 1)
    #expect(history[0].contains(#""kind":"epoch""#) && history[0].contains(#""samples":4000"#))
    // The configuration it leaves does the same again.
    let again = try convoy.run(["train", "run/config.yaml", "--output", "again"], ranks: 2)
    #expect(again.status == 0, "\(again.errors)")
    #expect(again.digest == run.digest)
  }

  @Test func resumingChangesNothing() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let straight = try convoy.run([
      "train", "a.yaml", "--output", "straight", "--max-steps", "20", "--set", "threads=2",
    ])
    #expect(straight.status == 0, "\(straight.errors)")
    let first = try convoy.run(["train", "a.yaml", "--output", "run", "--max-steps", "7"], ranks: 3)
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.lines.contains("steps 7"))
    let second = try convoy.run(["train", "a.yaml", "--output", "run", "--max-steps", "20", "--resume"], ranks: 2)
    #expect(second.status == 0, "\(second.errors)")
    #expect(second.digest == straight.digest)
    #expect(second.digest != first.digest)
  }

  @Test func evaluateGivesTheSameDigitsOnAnyRanks() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let run = try convoy.run(["train", "a.yaml", "--output", "run", "--set", "epochs=1"])
    let one = try convoy.run(["evaluate", "run/last.h5", "--data", "a.yaml", "--json"])
    #expect(one.status == 0, "\(one.errors)")
    #expect(one.output.contains(#""samples":1000"#))
    let three = try convoy.run(["evaluate", "run/last.h5", "--json", "--output", "eval"], ranks: 3)
    #expect(three.output == one.output, "the recipe of the checkpoint is that of a.yaml")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(convoy.read("eval/evaluation.json").utf8)) as? [String: Any])
    let rows = try #require(report["confusion"] as? [[Int]])
    #expect(rows.flatMap(\.self).reduce(0, +) == 1000)
    #expect(rows.indices.reduce(0) { $0 + rows[$1][$1] } == report["correct"] as? Int)
    let correctInFive = try #require(report["topFive"] as? Double) * 1000
    #expect(correctInFive >= Double(rows.indices.reduce(0) { $0 + rows[$1][$1] }))
    #expect(try convoy.read("eval/classes.csv").hasPrefix("class,images,predicted,correct,precision,recall,f1\n0,"))
    #expect(try convoy.read("eval/confusion.csv").hasPrefix("label,0,1,2,3,4,5,6,7,8,9\n0,\(rows[0][0]),"))
    let plain = try convoy.run(["evaluate", "run/last.h5", "--data", "a.yaml"])
    #expect(run.lines.contains(plain.lines[0]))
  }

  @Test func partsOfOneDataSet() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let split = ["--set", "data.test=", "--set", "data.split={validation: 10%, test: 5%}", "--set", "epochs=1"]
    let run = try convoy.run(["train", "a.yaml", "--output", "run"] + split, ranks: 2)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("  validation loss "))
    for part in ["validation", "test"] {
      let one = try convoy.run(["evaluate", "run/last.h5", "--split", part])
      #expect(one.status == 0, "\(one.errors)")
      #expect(run.lines.contains(one.lines[0]), "\(one.lines[0])")
    }
    #expect(try convoy.read("run/history.jsonl").split(separator: "\n").last?.contains(#""kind":"end""#) == true)
  }

  @Test func findRate() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let found = try convoy.run(
      ["find-rate", "a.yaml", "--steps", "40", "--from", "1e-4", "--output", "rates"], ranks: 2)
    #expect(found.status == 0, "\(found.errors)")
    #expect(found.output.contains("\nsuggestion: "), "\(found.output)")
    #expect(try convoy.read("rates/rates.csv").hasPrefix("rate,loss,smoothed\n"))
    #expect(try convoy.read("rates/rates.svg").contains("<polyline points="))
    let alone = try convoy.run(["find-rate", "a.yaml", "--steps", "40", "--from", "1e-4"])
    #expect(alone.output == found.output, "the same on any ranks")
    #expect(!convoy.exists("runs"))
    #expect(try convoy.run(["find-rate", "a.yaml", "--from", "1", "--to", "0.1"]).status == 64)
  }

  @Test func inspect() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let result = try convoy.run(["inspect", "a.yaml"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.output.contains(
        "conv2d               Conv2D              (12, 12, 4)         104           14,400      2.3 KiB"))
  }

  @Test(arguments: [
    (["train", "none.yaml"], Int32(2), "convoy: none.yaml: there is no such file; give the path of a YAML file."),
    (
      ["train", "a.yaml", "--set", "batch=12"], 2,
      "convoy: --set batch=12: 'batch' is 12, which is not divisible by 'shards' (5); use 10 or 15, or other shards."
    ),
    (
      ["train", "a.yaml", "--set", "optimiser.rate=1"], 2,
      "convoy: --set optimiser.rate=1: 'optimiser' is not a key; did you mean 'optimizer'?"
    ),
    (["train", "a.yaml", "--set", "data.train=none.h5:/train"], 3, "convoy: "),
    (["train", "a.yaml", "--set", "model=lenet6"], 2, "convoy: there is no network 'lenet6'; did you mean 'lenet5'?"),
    (["train", "a.yaml", "--output", "a.yaml/run"], 3, "convoy: the output folder a.yaml/run cannot be written to;"),
    (["evaluate", "a.yaml", "--data", "a.yaml"], 3, "convoy: a.yaml: "),
    (["predict", "a.yaml", "none.png"], 3, "convoy: a.yaml: "),
    (
      ["inspect", "none.h5"], 3,
      "convoy: none.h5: there is no such file; give a configuration (YAML) or a Keras file, or a network that"
    ),
  ])
  func badInput(_ arguments: [String], _ status: Int32, _ complaint: String) throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let result = try convoy.run(arguments)
    #expect(result.status == status)
    #expect(result.errors.hasPrefix(complaint))
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    #expect(!convoy.exists("runs/a/last.h5"))
  }

  @Test(arguments: [
    (["train", "a.yaml", "--set", "batch=12"], "convoy: --set batch=12: 'batch' is 12"),
    (
      ["train", "a.yaml", "--set", "shards=2"],
      "convoy: 3 ranks cannot share 2 shards of 250 images; start at most 2 ranks, or set 'shards: 5'."
    ),
    (["train", "a.yaml", "--set", "data.train=none.h5:/train"], "convoy: "),
    (["inspect", "a.yaml"], "convoy: convoy inspect is one process; start it without mpirun."),
  ])
  func ranksComplainOnce(_ arguments: [String], _ complaint: String) throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let result = try convoy.run(arguments, ranks: 3)
    #expect(result.status != 0)
    #expect(result.complaints.count == 1, "\(result.errors)")
    #expect(result.complaints.first?.hasPrefix(complaint) == true, "\(result.errors)")
  }

  @Test func usage() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    #expect(try convoy.run(["--version"]).output == "convoy 0.1.0\n")
    let help = try convoy.run(["--help"])
    #expect(help.status == 0)
    for command in ["train", "evaluate", "predict", "forward", "inspect", "verify", "bench"] {
      #expect(help.output.contains("  \(command)"))
    }
    #expect(help.output.contains("EXIT STATUS"))
    #expect(try convoy.run(["train", "a.yaml", "--max-steps", "0"]).status == 64)
    #expect(try convoy.run(["trian"]).status == 64)
  }
}

import Foundation
import Testing

/// Runs the built command.
@Suite(.serialized) struct VerifyTests {
  private static let configuration = """
    model: {input: [28, 28, 1], layers: [Flatten, Dense: {units: 10, activation: softmax}]}
    data: {train: "\(ConvoyProcess.root.path)/data/digits.h5:/train"}
    batch: 200
    shards: 2
    checkpoint: {every: 1, keep: {last: 2}}

    """

  private func trained() throws -> ConvoyProcess {
    let convoy = try ConvoyProcess()
    try convoy.write("a.yaml", VerifyTests.configuration)
    let run = try convoy.run(["train", "a.yaml", "--output", "run", "--max-steps", "3"])
    #expect(run.status == 0, "\(run.errors)")
    return convoy
  }

  private func damage(_ name: String, at text: String, of convoy: ConvoyProcess) throws {
    let url = URL(fileURLWithPath: convoy.path(name))
    var data = try Data(contentsOf: url)
    data[try #require(data.firstRange(of: Data(text.utf8))).lowerBound] ^= 4
    try data.write(to: url)
  }

  @Test func soundCheckpoints() throws {
    let convoy = try trained()
    defer { convoy.remove() }
    let result = try convoy.run(["verify", "run"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.lines.map { $0.prefix { $0 != "," } } == [
        "run/last.h5: sound", "run/step-00000003.h5: sound", "run/step-00000002.h5: sound",
      ])
    #expect(result.lines[0].contains(try Regex(#", step 3, sha256 [0-9a-f]{64}$"#)))
  }

  @Test func damageIsNamed() throws {
    let convoy = try trained()
    defer { convoy.remove() }
    try damage("run/step-00000002.h5", at: #"{"class_name":"#, of: convoy)
    let result = try convoy.run(["verify", "run/last.h5", "run/step-00000002.h5"])
    #expect(result.status == 3)
    #expect(result.lines.count == 2 && result.lines[0].hasPrefix("run/last.h5: sound"))
    #expect(
      result.lines.last == "run/step-00000002.h5: DAMAGED: its structure or an attribute is damaged, "
        + "the attribute 'model_config' of '/' is damaged")
    #expect(result.complaints == ["convoy: 1 of 2 checkpoints damaged; --resume takes the newest sound one."])
    let json = try convoy.run(["verify", "run/step-00000002.h5", "--json"])
    #expect(json.output.contains(#""sound":false"#))
    // No command trusts it.
    let evaluation = try convoy.run(["inspect", "run/step-00000002.h5"])
    #expect(evaluation.status == 3)
    #expect(evaluation.complaints.first?.hasPrefix("convoy: run/step-00000002.h5 is damaged: ") == true)
  }

  @Test func whatIsNoCheckpoint() throws {
    let convoy = try trained()
    defer { convoy.remove() }
    #expect(try convoy.run(["verify", "none.h5"]).status == 3)
    #expect(try convoy.run(["verify", "."]).status == 3)
    let configuration = try convoy.run(["verify", "a.yaml"])
    #expect(configuration.status == 3)
    #expect(configuration.errors.hasPrefix("convoy: a.yaml: this is a YAML file, not a file of Keras or safetensors; "))
    try convoy.write("text", "nothing that has a name")
    let text = try convoy.run(["verify", "text"])
    #expect(text.status == 3 && text.output.hasPrefix("text: DAMAGED: the digests at its end are missing or damaged"))
  }

  @Test func resumingTellsWhatItSkips() throws {
    let convoy = try trained()
    defer { convoy.remove() }
    let whole = try convoy.run(["train", "a.yaml", "--output", "whole", "--max-steps", "5"])
    try damage("run/last.h5", at: "tensorflow", of: convoy)
    let resumed = try convoy.run(["train", "a.yaml", "--output", "run", "--max-steps", "5", "--resume"], ranks: 2)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.lines.contains("resuming from run/step-00000002.h5 after step 2"))
    #expect(
      resumed.complaints
        == ["last", "step-00000003"].map {
          "convoy: skipped a checkpoint: run/\($0).h5: its structure or an attribute is damaged."
        })
    #expect(resumed.digest == whole.digest)
  }

  @Test func resumingFromNothingBegins() throws {
    let convoy = try trained()
    defer { convoy.remove() }
    let run = try convoy.run(["train", "a.yaml", "--output", "new", "--max-steps", "1", "--resume"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.lines.first == "new holds no checkpoint yet: training begins")
  }
}

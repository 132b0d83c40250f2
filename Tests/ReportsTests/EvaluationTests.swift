import Datasets
import Foundation
import Kernels
import Networks
import Reports
import Tasks
import Tensors
import Testing
import Training

@Suite struct EvaluationTests {
  private func document(_ output: TaskOutput, _ samples: [(output: [Float], target: [Float])], loss: Double) throws
    -> EvaluationDocument
  {
    let task = try #require(TaskRegistry.task([output]))
    let (scores, targets) = (Tensor(output.shape, lanes: 16), Tensor(output.target.shape, lanes: 16))
    for (lane, sample) in samples.enumerated() {
      scores.setSample(lane, sample.output)
      targets.setSample(lane, sample.target)
    }
    let states = try task.reportMetrics[0].map { named in
      var state = try named.metric.makeState(output: scores.shape, target: targets.shape, isWeighted: false)
      named.metric.update(&state, output: scores, target: targets, live: samples.count, weights: nil)
      return state
    }
    return EvaluationDocument(file: "a & b.h5", split: "test", loss: loss, parts: task.report([states]))
  }

  /// 3 classes: 5 cats of which 1 is taken for a dog, 2 dogs taken for cats, no cow.
  private func classes() throws -> EvaluationDocument {
    let names = ["cats, \"big\"", "dogs", "cows"]
    let output = TaskOutput(
      "predictions", [3], ending: .softmax,
      target: Column("label", .category, .float, shape: [1], classNames: names))
    let (cat, dog): ([Float], [Float]) = ([0.8, 0.1, 0.1], [0.1, 0.7, 0.2])
    return try document(
      output, Array(repeating: (cat, [0]), count: 4) + [(dog, [0])] + Array(repeating: (cat, [1]), count: 2), loss: 0.5)
  }

  @Test func sharesAreThoseOfScikitLearn() throws {
    // sklearn.metrics.classification_report([0]*5 + [1]*2, [0, 0, 0, 0, 1, 0, 0], zero_division=0)
    let json = try classes().json
    let rows = try #require(json["classes"].asArray)
    #expect(rows[0]["precision"].asNumber == 4.0 / 6 && rows[0]["recall"].asNumber == 0.8)
    #expect(abs((rows[0]["f1"].asNumber ?? 0) - 8.0 / 11) < 1e-15)
    #expect(rows[1]["precision"].asNumber == 0 && rows[1]["recall"].asNumber == 0 && rows[1]["f1"].asNumber == 0)
    // A class that occurs nowhere has no shares, and no part in the means.
    #expect(rows[2]["precision"] == .null && rows[2]["recall"] == .null && rows[2]["f1"] == .null)
    #expect(json["precision"].asNumber == 4.0 / 12 && json["recall"].asNumber == 0.4)
    #expect(json["accuracy"].asNumber == 4.0 / 7 && json["correct"].asInteger == 4 && json["samples"].asInteger == 7)
    #expect(json["topFive"] == .null)
    #expect(json["loss"].asNumber == 0.5)
  }

  @Test func filesAreWhatTheirFormatsAsk() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "convoy-evaluation-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try classes().write(into: folder)
    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }
    #expect(
      try text("confusion.csv") == """
        label,"cats, ""big""\",dogs,cows
        "cats, ""big""\",4,1,0
        dogs,2,0,0
        cows,0,0,0

        """)
    #expect(try text("classes.csv").hasPrefix("class,images,predicted,correct,precision,recall,f1\n"))
    #expect(try text("classes.csv").hasSuffix("dogs,2,1,0,0.0,0.0,0.0\ncows,0,0,0,,,\n"))
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(text("evaluation.json").utf8)) as? [String: Any])
    #expect(json["confusion"] as? [[Int]] == [[4, 1, 0], [2, 0, 0], [0, 0, 0]])
    let picture = XMLCheck(try text("confusion.svg"))
    #expect(picture.isWellFormed)
    #expect(
      picture.titles == [
        "cats, \"big\" taken for cats, \"big\": 4 of 5", "cats, \"big\" taken for dogs: 1 of 5",
        "dogs taken for cats, \"big\": 2 of 2",
      ])
  }

  /// What another evaluation has left and this one does not write is not taken for its own; other files stay.
  @Test func leftoversGo() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "convoy-evaluation-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in ["iou.csv", "box_output-iou.csv", "notes.csv"] {
      try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    try classes().write(into: folder)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
        "classes.csv", "confusion.csv", "confusion.svg", "evaluation.json", "notes.csv",
      ])
  }

  /// Four images of three labels, of which nobody has the last: [1 0 0], [1 1 0], [0 1 0], [0 0 0].
  @Test func multiLabel() throws {
    let output = TaskOutput(
      "predictions", [3], ending: .sigmoid,
      target: Column("labels", .categories, .float, shape: [3], classNames: ["sun", "sea", "snow"]))
    let document = try document(
      output,
      [
        ([0.9, 0.1, 0.1], [1, 0, 0]), ([0.9, 0.9, 0.2], [1, 1, 0]), ([0.7, 0.2, 0.1], [0, 1, 0]),
        ([0.1, 0.1, 0.1], [0, 0, 0]),
      ], loss: 0.5)
    let json = document.json
    let rows = try #require(json["classes"].asArray)
    #expect(json["exactMatch"].asNumber == 0.75 && json["accuracy"].asNumber == 0.75 && json["confusion"] == .null)
    #expect(rows[0]["precision"].asNumber == 2.0 / 3 && rows[0]["recall"].asNumber == 1)
    #expect(rows[0]["f1"].asNumber == 0.8 && rows[1]["recall"].asNumber == 0.5 && rows[2]["f1"] == .null)
    #expect(abs((json["f1"].asNumber ?? 0) - (0.8 + 2.0 / 3) / 2) < 1e-15, "the mean over the labels that occur")
    #expect(Set(document.files.map(\.name)) == ["classes.csv"])
  }

  @Test func aFolderThatCannotBeMade() throws {
    #expect(throws: TrainingError.self) { try classes().write(into: "/dev/null/eval") }
  }
}

import Datasets
import Foundation
import Kernels
import Networks
import Reports
import Tasks
import Tensors
import Testing
import Training

/// The files of an evaluation, from what a task reports and from an `EvaluationReport`: the same bytes.
@Suite struct TaskReportTests {
  @Test(arguments: [1, 3, 7, 45]) func classificationGivesTheSameBytes(outputs: Int) throws {
    let classes = max(2, outputs)
    let names = (0..<classes).map { "class, \($0) & \"co\"" }
    let target = Column("label", .category, .float, shape: [1], classNames: names)
    let output = TaskOutput("predictions", [outputs], ending: outputs == 1 ? .sigmoid : .softmax, target: target)
    let task = try #require(TaskRegistry.task([output]))
    var result = EvaluationResult(classes: classes)
    let (scores, labels) = (Tensor([outputs], lanes: 64), Tensor([1], lanes: 64))
    for lane in 0..<60 {
      var random = RandomStream(seed: 1, purpose: .synthesis, item: lane)
      let values = (0..<outputs).map { _ in (random.normal() * 3).rounded() / 6 + 0.5 }
      // The last class occurs nowhere.
      let label = lane * 5 % max(1, classes - 1)
      scores.setSample(lane, values)
      labels.setSample(lane, [Float(label)])
      let all = outputs == 1 ? [0.5] + values : values
      let predicted = all.indices.max { (all[$0], $1) < (all[$1], $0) }!
      result.confusion[label: label, predicted: predicted] += 1
      let before = all.indices.count { all[$0] > all[label] || (all[$0] == all[label] && $0 < label) }
      result.correctInFive += before < 5 ? 1 : 0
      result.metrics += Metrics(lossSum: 0.25, correct: label == predicted ? 1 : 0, samples: 1)
    }
    try expectSameFiles(task, scores, labels, live: 60, result, names: names)
  }

  @Test func multiLabelGivesTheSameBytes() throws {
    let names = ["red", "round", "new"]
    let target = Column("labels", .categories, .float, shape: [3], classNames: names)
    let task = try #require(
      TaskRegistry.task([TaskOutput("predictions", [3], ending: .sigmoid, target: target)]))
    var result = EvaluationResult(labels: 3)
    let (scores, labels) = (Tensor([3], lanes: 32), Tensor([3], lanes: 32))
    for lane in 0..<21 {
      let found: [Float] = [lane % 2 == 0 ? 0.9 : 0.1, 0.5, lane % 3 == 0 ? 0.7 : 0.2]
      let wanted: [Float] = [lane % 4 == 0 ? 1 : 0, 0, lane % 3 == 0 ? 1 : 0]
      scores.setSample(lane, found)
      labels.setSample(lane, wanted)
      var isRight = true
      for label in 0..<3 {
        let (isFound, isSet) = (found[label] > 0.5, wanted[label] == 1)
        let old = result.labels[label]
        result.labels[label] = ClassScore(
          images: old.images + (isSet ? 1 : 0), predicted: old.predicted + (isFound ? 1 : 0),
          correct: old.correct + (isSet && isFound ? 1 : 0))
        isRight = isRight && isFound == isSet
      }
      result.metrics += Metrics(lossSum: 0.125, correct: isRight ? 1 : 0, samples: 1)
    }
    try expectSameFiles(task, scores, labels, live: 21, result, names: names)
  }

  private func expectSameFiles(
    _ task: any LearningTask, _ scores: Tensor, _ labels: Tensor, live: Int, _ result: EvaluationResult, names: [String]
  ) throws {
    let states = try task.reportMetrics[0].map { named in
      var state = try named.metric.makeState(output: scores.shape, target: labels.shape, isWeighted: false)
      named.metric.update(&state, output: scores, target: labels, live: live, weights: nil)
      return state
    }
    let document = EvaluationDocument(
      file: "a & b.h5", split: "test", loss: result.metrics.loss, parts: task.report([states]))
    let folder = FileManager.default.temporaryDirectory.appending(path: "convoy-task-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try EvaluationReport(result, file: "a & b.h5", split: "test", classNames: names).write(into: folder)
    let encoder = JSONEncoder.ofNumbers
    encoder.outputFormatting.insert(.prettyPrinted)
    let json = String(decoding: try encoder.encode(document.json), as: UTF8.self) + "\n"
    let files = [(name: "evaluation.json", contents: json)] + document.files
    #expect(Set(files.map { $0.name }) == Set(try FileManager.default.contentsOfDirectory(atPath: folder)))
    for file in files {
      #expect(try String(contentsOfFile: "\(folder)/\(file.name)", encoding: .utf8) == file.contents)
    }
  }
}

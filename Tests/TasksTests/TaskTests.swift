import Datasets
import Foundation
import Kernels
import Networks
import Tasks
import Tensors
import Testing

/// Properties of every task of the registry.
@Suite struct TaskTests {
  /// A task with outputs and targets that suit it.
  struct Trial: CustomTestStringConvertible, Sendable {
    let name: String
    let outputs: [TaskOutput]
    var testDescription: String { name }

    func make() throws -> any LearningTask { try #require(TaskRegistry.task(outputs, named: name)) }
  }

  private static let image: Shape = [8, 12, 3]
  private static let label = Column("label", .category, .float, shape: [1], classNames: ["cat", "dog", "cow"])
  private static let box = Column("box", .boxes, .float, shape: [4])
  private static let mask = Column(
    "mask", .mask, .byte, shape: [8, 12, 1], classNames: ["sky", "road", "car"], void: 255)

  static let trials: [Trial] = [
    Trial(name: "classification", outputs: [TaskOutput("predictions", [3], ending: .softmax, target: label)]),
    Trial(
      name: "multi-label",
      outputs: [
        TaskOutput(
          "predictions", [3], ending: .sigmoid,
          target: Column("labels", .categories, .float, shape: [3], classNames: ["red", "round", "new"]))
      ]),
    Trial(
      name: "regression",
      outputs: [TaskOutput("age", [2], ending: nil, target: Column("age", .numbers, .float, shape: [2]))]),
    Trial(
      name: "counting",
      outputs: [TaskOutput("cells", [2], ending: .softplus, target: Column("cells", .numbers, .float, shape: [2]))]),
    Trial(
      name: "localisation",
      outputs: [
        TaskOutput("class_output", [3], ending: .softmax, target: label),
        TaskOutput("box_output", [4], ending: .sigmoid, target: box),
      ]),
    Trial(
      name: "segmentation", outputs: [TaskOutput("map", [8, 12, 3], ending: .softmax, target: mask)]),
  ]

  @Test func everyTaskIsTried() {
    #expect(Set(TaskTests.trials.map(\.name)) == Set(TaskRegistry.names))
  }

  @Test(arguments: trials) func isRecognised(trial: Trial) throws {
    let task = try trial.make()
    #expect((type(of: task) as? any RegisteredTask.Type)?.name == trial.name)
    let unnamed = try #require(TaskRegistry.task(trial.outputs))
    let isOnlyByName = try TaskRegistry.task(named: trial.name).isOnlyByName
    #expect(((type(of: unnamed) as? any RegisteredTask.Type)?.name == trial.name) != isOnlyByName)
    #expect(try TaskRegistry.task(named: trial.name).name == trial.name)
    #expect(task.losses.count == trial.outputs.count && task.metrics.count == trial.outputs.count)
    // Default metrics and what is reported take these outputs.
    for (output, metrics) in zip(trial.outputs, zip(task.metrics, task.reportMetrics).map { $0 + $1 }) {
      for named in metrics {
        _ = try named.metric.makeState(output: output.shape, target: output.target.shape, isWeighted: false)
      }
    }
  }

  /// The head that a backbone gets for the columns has outputs of the task, which are also known without the columns.
  @Test(arguments: trials) func headsAreOfTheTask(trial: Trial) throws {
    let type = try TaskRegistry.task(named: trial.name)
    let targets = trial.outputs.map(\.target)
    #expect((TaskRegistry.task(for: targets)?.name == trial.name) != type.isOnlyByName)
    #expect(type.furtherKinds.suffix(targets.count - 1) + [type.targetKind] == targets.map(\.kind))
    let image = Symbol.input([8, 12, 3])
    let features = Conv2D(4, kernel: 3, padding: .same, activation: .relu)(image, name: "features")
    let backbone = try Graph("backbone", inputs: [image], outputs: [features])
    let heads = targets.map { HeadTarget($0, classes: $0.kind == .categories ? $0.shape.count : $0.classNames.count) }
    let graph = try type.graph(HeadChoice(), behind: backbone.outputs[0], of: backbone, for: heads).graph
    let outputs = graph.outputs.indices.map { index in
      TaskOutput(
        graph.outputNames[index], graph.outputShapes[index], ending: graph.finalActivation(of: index),
        target: targets[index])
    }
    #expect(outputs.map(\.shape) == trial.outputs.map(\.shape))
    let task = try #require(TaskRegistry.task(outputs, named: trial.name))
    #expect((Swift.type(of: task) as? any RegisteredTask.Type)?.name == type.name)
    let forms = trial.outputs.map { output in
      OutputForm(
        output.shape, ending: output.ending ?? .linear,
        loss: output.target.kind == .numbers ? "MeanSquaredError" : nil)
    }
    #expect(TaskRegistry.usualKinds(of: forms) == targets.map(\.kind) && type.kinds(of: forms) == targets.map(\.kind))
  }

  /// A class of four beside a box: the box is the one that gives no probabilities.
  @Test func boxesBesideFourClasses() {
    let outputs = [OutputForm([4], ending: .linear, loss: nil), OutputForm([4], ending: .softmax, loss: nil)]
    #expect(TaskRegistry.usualKinds(of: outputs) == [.boxes, .category])
    #expect(Localisation.kinds(of: outputs) == [.boxes, .category])
  }

  /// Predictions, IoU and reports are of the boxes, whichever way the network gives them.
  @Test(arguments: BoxEncoding.allCases) func boxesAreDecoded(_ encoding: BoxEncoding) throws {
    var column = TaskTests.box
    column.encoding = encoding
    let task = try #require(Localisation([TaskOutput("box_output", [4], ending: .sigmoid, target: column)]))
    let (output, target) = (Tensor([4], lanes: 16), Tensor([4], lanes: 16))
    let (found, wanted): (SIMD4<Float>, SIMD4<Float>) = ([0.25, 0.25, 0.75, 0.5], [0.5, 0.25, 1, 0.5])
    for (tensor, box) in [(output, found), (target, wanted)] {
      let numbers = encoding.encode(box)
      tensor.setSample(0, (0..<4).map { numbers[$0] })
    }
    let prediction = try #require(task.prediction([output], lane: 0, top: 1) as? BoxPrediction)
    #expect(abs(prediction.box.left - 0.25) < 1e-6 && abs(prediction.box.right - 0.75) < 1e-6)
    #expect(abs(prediction.box.top - 0.25) < 1e-6 && abs(prediction.box.bottom - 0.5) < 1e-6)
    for named in task.metrics[0] + task.reportMetrics[0] {
      var state = try named.metric.makeState(output: [4], target: [4], isWeighted: false)
      named.metric.update(&state, output: output, target: target, live: 1, weights: nil)
      #expect(abs(try #require(named.metric.result(state)) - 1 / 3.0) < 1e-6, "\(named.name)")
    }
  }

  /// Random outputs and targets of a task, in lanes.
  private func tensors(_ trial: Trial, samples: Int) -> [(output: Tensor, target: Tensor)] {
    trial.outputs.enumerated().map { index, described in
      let lanes = Layout.lanes(forImages: samples)
      let tensors = (
        output: Tensor(described.shape, lanes: lanes), target: Tensor(described.target.shape, lanes: lanes)
      )
      for lane in 0..<samples {
        var random = RandomStream(seed: 3, purpose: .synthesis, item: index, minor: lane)
        func number() -> Float { min(0.98, abs(random.normal()) / 3) }
        tensors.output.setSample(lane, (0..<described.shape.count).map { _ in number() })
        let isBox = described.target.kind == .boxes
        let target = (0..<described.target.shape.count).map { place -> Float in
          switch described.target.kind {
          case .mask, .category: (number() * 3).rounded(.down)
          case .categories: number() > 0.3 ? 1 : 0
          default: isBox ? (place < 2 ? 0.1 : 0.6) : number()
          }
        }
        tensors.target.setSample(lane, target)
      }
      return tensors
    }
  }

  private func states(_ task: any LearningTask, _ tensors: [(output: Tensor, target: Tensor)], live: Int) throws
    -> [[MetricState]]
  {
    try zip(task.reportMetrics, tensors).map { metrics, pair in
      try metrics.map { named in
        var state = try named.metric.makeState(
          output: pair.output.shape, target: pair.target.shape, isWeighted: false)
        named.metric.update(&state, output: pair.output, target: pair.target, live: live, weights: nil)
        return state
      }
    }
  }

  @Test(arguments: trials) func reportsAsFiles(trial: Trial) throws {
    let task = try trial.make()
    let tensors = tensors(trial, samples: 20)
    let document = EvaluationDocument(
      file: "a & b.h5", split: "test", loss: 0.5, parts: task.report(try states(task, tensors, live: 20)))
    let json = try #require(document.json.asObject)
    #expect(json["loss"] == .number(0.5) && json.count > 4)
    #expect(!document.files.isEmpty)
    for file in document.files {
      #expect(EvaluationDocument.isOwn(file.name))
      guard file.name.hasSuffix(".csv") else { continue }
      let lines = file.contents.split(separator: "\n")
      #expect(Set(lines.map { $0.count { $0 == "," } }).count == 1, "\(file.contents)")
      #expect(!file.contents.contains("nan"))
    }
    // Nothing was evaluated: no number is made up.
    let empty = EvaluationDocument(
      file: "a", split: "test", loss: 0, parts: task.report(try states(task, tensors, live: 0)))
    #expect(!empty.files.map { $0.contents }.joined().contains("nan"))
  }

  @Test(arguments: trials) func predictsAsTextTableAndPicture(trial: Trial) throws {
    let task = try trial.make()
    let tensors = tensors(trial, samples: 3)
    for lane in 0..<3 {
      let prediction = task.prediction(tensors.map { $0.output }, lane: lane, top: 2)
      #expect(!prediction.text.isEmpty)
      #expect(prediction.rows.count == prediction.entries.count && !prediction.rows.isEmpty)
      #expect(prediction.rows.allSatisfy { $0.count == prediction.header.count })
      #expect(prediction.table(file: "a, b.png").allSatisfy { $0.hasPrefix("\"a, b.png\",") })
      let decoded = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(prediction))
      #expect(decoded.asArray?.count == prediction.entries.count)
      var picture = Picture(height: 40, width: 60, bytes: Array(repeating: 90, count: 40 * 60))
      let before = picture
      prediction.draw(on: &picture)
      #expect(picture != before)
      let file = try picture.png()
      #expect(Array(file.prefix(4)) == [0x89, 0x50, 0x4E, 0x47])
    }
  }

  /// The worst images are the same however many ranks have found them.
  @Test(arguments: trials) func worstImagesMergeInAnyOrder(trial: Trial) throws {
    guard let ranking = try trial.make().ranking else { return }
    let pair = tensors(trial, samples: 30)[ranking.output]
    var scores = try ImageScores(ranking.metric.metric, output: pair.output.shape, target: pair.target.shape)
    let all = (0..<30).map { (scores.score(pair.output, pair.target, lane: $0), $0) }
    var whole = WorstImages(ranking.metric, limit: 5)
    var parts = [whole, whole, whole]
    for (score, lane) in all {
      guard let score else { continue }
      whole.add(score, sample: lane)
      parts[lane % 3].add(score, sample: lane)
    }
    whole.name { "\($0).png" }
    parts[2].merge(parts[0])
    parts[2].merge(parts[1])
    parts[2].name { "\($0).png" }
    #expect(whole == parts[2] && whole.entries.count == 5)
    let sorted = all.compactMap { $0.0 }.sorted { ranking.metric.metric.isBetterHigher ? $0 < $1 : $0 > $1 }
    #expect(whole.entries.map(\.score) == Array(sorted.prefix(5)))
  }

  @Test func unknownTasksAreNamed() {
    do {
      _ = try TaskRegistry.task(named: "segmentaton")
      Issue.record("there is no such task")
    } catch { #expect(error.description.contains("did you mean 'segmentation'?")) }
    let video = TaskOutput("x", [4, 4, 2], ending: nil, target: TaskTests.label)
    #expect(TaskRegistry.task([video]) == nil)
  }
}

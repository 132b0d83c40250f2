import Datasets
import Foundation
import HDF5
import Keras
import Networks
import Tasks
import Tensors
import TestSupport
import Testing
import Training

/// Heads for every task, on a checkpoint of Convoy's and on a network of Keras's.
@Suite(.serialized) struct HeadTaskTests {
  enum Task: String, CaseIterable, Sendable {
    case classification
    case multiLabel = "multi-label"
    case regression, counting, localisation, segmentation
    /// The same boxes, given in another way.
    case centers, roots

    /// As a configuration calls it.
    var name: String { isOfBoxes ? Localisation.name : rawValue }
    var isOfBoxes: Bool { self == .localisation || encoding != nil }
    var encoding: BoxEncoding? { self == .centers ? .centerXYWH : self == .roots ? .centerXYWHSqrt : nil }

    /// What the data has to learn.
    var columns: [String: ColumnChoice] {
      switch self {
      case .classification: [:]
      case .multiLabel: ["tags": ColumnChoice(.categories)]
      case .regression, .counting: ["sizes": ColumnChoice(.numbers)]
      case .localisation, .centers, .roots: ["box": box()]
      case .segmentation: ["mask": mask()]
      }
    }

    var hasLabels: Bool { self == .classification || isOfBoxes }

    /// What is measured on the validation data.
    var scores: [String] {
      switch self {
      case .classification, .multiLabel: ["accuracy"]
      case .regression: ["mean_absolute_error", "root_mean_squared_error", "r2_score"]
      case .counting: ["mean_absolute_error", "mean_absolute_percentage_error"]
      case .localisation, .centers, .roots:
        ["class_output_loss", "class_output_accuracy", "box_output_loss", "box_output_iou"]
      case .segmentation: ["pixel_accuracy", "mean_iou"]
      }
    }

    var outputs: [Shape] {
      switch self {
      case .classification: [[3]]
      case .multiLabel: [[2]]
      case .regression, .counting: [[1]]
      case .localisation, .centers, .roots: [[3], [4]]
      case .segmentation: [[32, 32, 3]]
      }
    }

    private func box() -> ColumnChoice {
      var choice = ColumnChoice(.boxes, from: ["boxes"])
      (choice.format, choice.encoding) = (.relativeXYXY, encoding)
      return choice
    }

    private func mask() -> ColumnChoice {
      var choice = ColumnChoice(.mask)
      (choice.classes, choice.void) = (3, 255)
      return choice
    }
  }

  enum Backbone: CaseIterable, Sendable { case own, keras }

  /// Squares of three colours, and all that is to be known of them.
  private func write(_ task: Task, to path: String) throws {
    let (count, side) = (24, 32)
    var images = [UInt8](repeating: 20, count: count * side * side * 3)
    var mask = [UInt8](repeating: 0, count: count * side * side)
    var (labels, tags, sizes, boxes) = ([Int64](), [Int64](), [Float](), [Float]())
    for sample in 0..<count {
      let (color, size, x, y) = (sample % 3, 6 + sample % 9, (sample * 5) % 16, (sample * 7) % 16)
      for row in y..<y + size {
        for column in x..<x + size {
          let pixel = (sample * side + row) * side + column
          images[3 * pixel + color] = 230
          mask[pixel] = UInt8(color)
        }
      }
      mask[sample * side * side] = 255
      labels.append(Int64(color))
      tags += [color == 0 ? 1 : 0, size > 9 ? 1 : 0]
      sizes.append(Float(size) / 10)
      boxes += [x, y, x + size, y + size].map { Float($0) / Float(side) }
    }
    try File.replace(path) { file in
      _ = try file.root.write("images", images, shape: [count, side, side, 3])
      if task.hasLabels { _ = try file.root.write("labels", labels) }
      switch task {
      case .classification: break
      case .multiLabel: _ = try file.root.write("tags", tags, shape: [count, 2])
      case .regression, .counting: _ = try file.root.write("sizes", sizes, shape: [count, 1])
      case .localisation, .centers, .roots: _ = try file.root.write("boxes", boxes, shape: [count, 4])
      case .segmentation: _ = try file.root.write("mask", mask, shape: [count, side, side])
      }
    }
  }

  private func run(_ task: Task, _ backbone: Backbone, in folder: borrowing TemporaryFolder) throws -> TrainingRun {
    let data = "\(folder.path)/data.h5"
    try write(task, to: data)
    var run = TrainingRun()
    run.recipe = Recipe(model: .named("keras:mobilenetv3small"), data: DataChoice(train: data, test: data))
    if backbone == .own {
      let graph = try Models.make("resnet8", input: [32, 32, 3], classes: 7)
      let weights = Weights(ParameterTable(graph))
      weights.initialize(seed: 4)
      let path = "\(folder.path)/resnet8.h5"
      try KerasModel.export(graph, weights, as: .h5, to: path)
      run.recipe.model = .file(path)
    }
    run.recipe.data.columns = task.columns
    (run.recipe.batch, run.recipe.shards) = (9, 3)
    (run.recipe.optimizer.rate, run.recipe.checkpoint.every) = (0.01, .epochs(100))
    var (first, second) = (PhaseChoice(), PhaseChoice())
    (first.freeze, second.unfreeze) = (["backbone"], ["all"])
    // The large one makes a step in each phase.
    (first.epochs, second.epochs) = backbone == .own ? (1, 1) : (nil, nil)
    (first.steps, second.steps) = backbone == .own ? (nil, nil) : (1, 1)
    run.recipe.finetune = FinetuneChoice(phases: [first, second])
    run.recipe.finetune?.head = HeadChoice()
    if try TaskRegistry.task(named: task.name).isOnlyByName { run.recipe.finetune?.head?.task = task.name }
    return run
  }

  /// The task follows from the data, and is trained to the same bits on any number of ranks, with a stop and a resume.
  @Test(arguments: Task.allCases, Backbone.allCases) func everyTask(_ task: Task, _ backbone: Backbone) throws {
    let folder = try TemporaryFolder()
    var run = try run(task, backbone, in: folder)
    let first = try TemporaryFolder()
    let whole = try run.train(in: first, steps: 6)[0]
    let model = try KerasModel(reading: whole.checkpoint)
    #expect(model.graph.outputShapes == task.outputs)
    if backbone == .own {
      #expect(whole.state.history.count == 2)
      #expect(whole.state.history[1].test!.values.map(\.name) == task.scores)
    }
    #expect(whole.state.history.allSatisfy { $0.training.loss.isFinite && $0.test!.loss.isFinite })
    // Said by its name it is the same, and resumes what was begun without.
    run.recipe.finetune?.head?.task = task.name
    (run.ranks, run.threads) = (3, 1)
    let second = try TemporaryFolder()
    _ = try run.train(in: second, steps: backbone == .own ? 2 : 1)
    run.ranks = 2
    let resumed = try run.train(in: second, steps: 6, resume: true)[0]
    #expect(resumed.weightsDigest == whole.weightsDigest)
    #expect(resumed.state.history == whole.state.history)
  }

  /// Every score can say which epoch is the best, with one output as with two.
  @Test(arguments: Task.allCases) func scoresChooseAmongEpochs(_ task: Task) throws {
    let folder = try TemporaryFolder()
    var run = try run(task, .own, in: folder)
    run.recipe.data.validation = run.recipe.data.test
    run.recipe.finetune!.phases[1].epochs = 2
    for score in ["loss"] + task.scores {
      for prefix in ["", "val_"] {
        run.recipe.earlyStopping = EarlyStoppingChoice(patience: 9)
        run.recipe.earlyStopping?.monitor = prefix + score
        let output = try TemporaryFolder()
        let history = try run.train(in: output, steps: prefix.isEmpty ? 9 : 1)[0].state.history
        guard prefix.isEmpty else { continue }
        let values = history.map { score == "loss" ? $0.validation!.loss : $0.validation!.value(of: score)! }
        let isBetterHigher = !score.hasSuffix("loss") && !score.hasSuffix("error")
        #expect(
          BestEpoch(run.recipe).index(in: history)
            == values.firstIndex(of: isBetterHigher ? values.max()! : values.min()!), "\(score)")
        let best = try Checkpoint.header(of: "\(output.path)/best.h5").state
        #expect(best.step == history[BestEpoch(run.recipe).index(in: history)!].step, "\(score)")
      }
    }
  }

  @Test(arguments: [
    (
      Task.regression, "task", "segmentation",
      "no column of the kind mask for the task segmentation, but sizes (numbers)"
    ),
    (.regression, "task", "segmentatoin", "did you mean 'segmentation'?"),
    (.regression, "classes", "3", "'finetune.head.classes' means nothing to the task regression of the head"),
    (.segmentation, "dense", "", "'finetune.head.dense' means nothing to the task segmentation of the head"),
    (.segmentation, "classes", "2", "'finetune.head.classes' is 2, but 'mask' has 3 classes; leave it out."),
    (.localisation, "decoder", "", "'finetune.head.decoder' means nothing to the task localisation of the head"),
    (.classification, "task", "regression", "no column of the kind numbers for the task regression, but label"),
  ])
  func headsThatDoNotSuit(_ task: Task, _ key: String, _ value: String, _ sentence: String) throws {
    let folder = try TemporaryFolder()
    var run = try run(task, .own, in: folder)
    switch key {
    case "task": run.recipe.finetune!.head!.task = value
    case "classes": run.recipe.finetune!.head!.classes = Int(value)
    case "dense": run.recipe.finetune!.head!.dense = [4]
    default: run.recipe.finetune!.head!.decoder = .unet
    }
    let output = try TemporaryFolder()
    let error = #expect(throws: TrainingError.self) { try run.train(in: output, steps: 1) }
    #expect(error?.description.contains(sentence) == true, "\(error!)")
  }
}

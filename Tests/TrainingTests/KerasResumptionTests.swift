import Datasets
import Foundation
import HDF5
import Keras
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Files that Keras wrote in the middle of a training are trained on here, and end where Keras itself does.
struct KerasResumptionTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/keras/resumption").standardized.path

  static let files: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
    $0.hasPrefix("keras")
  }.sorted()

  /// Ten epochs of one step, which sees all samples.
  static func run(_ model: String) -> TrainingRun {
    var run = TrainingRun()
    run.recipe = Recipe(model: .file(model), data: DataChoice(train: "\(folder)/samples.h5:/train"))
    (run.recipe.batch, run.recipe.shards, run.recipe.epochs) = (24, 2, 10)
    run.recipe.normalization = .global
    if model.contains(".two.") {
      // Losses, their weights and metrics are the file's.
      run.recipe.data.columns["shift"] = ColumnChoice(.numbers)
      for name in ["classes", "shift"] {
        var output = OutputChoice()
        output.target = name == "shift" ? name : "label"
        run.recipe.outputs[name] = output
      }
    }
    return run
  }

  /// The variables of a checkpoint by their paths.
  static func variables(_ path: String) throws -> [String: [Float]] {
    let model = try KerasModel(reading: path)
    let weights = Weights(ParameterTable(model.graph))
    try model.load(into: weights)
    return Dictionary(uniqueKeysWithValues: weights.table.entries.map { ($0.path, weights[$0].values) })
  }

  static func distance(_ values: [String: [Float]], _ others: [String: [Float]]) -> Float {
    guard Set(values.keys) == Set(others.keys) else { return .infinity }
    return values.map { path, values in
      zip(values, others[path]!).map { abs($0 - $1) }.max() ?? 0
    }.max() ?? .infinity
  }

  @Test func filesAreThere() { #expect(KerasResumptionTests.files.count > 30) }

  @Test(arguments: files) func tenStepsHereAreTenOfKeras(_ file: String) throws {
    let run = KerasResumptionTests.run("\(KerasResumptionTests.folder)/\(file)")
    let folder = try TemporaryFolder()
    _ = try run.train(in: folder, steps: 10)
    let values = try KerasResumptionTests.variables(folder.path + "/last.h5")
    let golden = try File(reading: "\(KerasResumptionTests.folder)/golden.h5").root.group(file)
    var wanted: [String: [Float]] = [:]
    for path in values.keys { wanted[path] = try golden.dataset(path).read() }
    #expect(KerasResumptionTests.distance(values, wanted) <= 1e-5)
    if file.contains(".two.") {
      let history = try Checkpoint.header(of: folder.path + "/last.h5").state.history
      #expect(
        history[0].training.values.map(\.name) == [
          "classes_loss", "classes_accuracy", "shift_loss", "shift_mean_absolute_error",
        ])
    }
    // Without the state it is another training.
    let header = try Checkpoint.header(of: folder.path + "/last.h5")
    #expect(header.recipe.optimizer.iterations == 10)
    guard !file.contains(".sgd."), !file.contains("scheduled") else { return }
    var anew = run
    anew.recipe.optimizer = header.recipe.optimizer
    anew.recipe.optimizer.iterations = 0
    (anew.recipe.schedule, anew.recipe.average) = (header.recipe.schedule, header.recipe.average)
    let other = try TemporaryFolder()
    _ = try anew.train(in: other, steps: 10)
    #expect(try KerasResumptionTests.distance(KerasResumptionTests.variables(other.path + "/last.h5"), wanted) > 1e-4)
  }

  /// The state is part of what all ranks have in common, and of a checkpoint in the middle.
  @Test(arguments: [
    "keras3.nested.centered.keras", "keras2.flat.legacy_momentum.h5", "keras3.flat.averaged.keras",
    "keras2.two.adam.h5",
  ])
  func ranksAndStopsChangeNothing(_ file: String) throws {
    var run = KerasResumptionTests.run("\(KerasResumptionTests.folder)/\(file)")
    let digest = try run.digest(steps: 10)
    run.ranks = 2
    let folder = try TemporaryFolder()
    _ = try run.train(in: folder, steps: 4)
    run.ranks = 1
    #expect(try run.train(in: folder, steps: 10, resume: true)[0].weightsDigest == digest)
  }

  /// Through a file for Keras 3, one for Keras 2, and the checkpoint itself.
  @Test(
    arguments: ["momentum", "nesterov", "adam", "adamw", "rmsprop", "centered", "averaged", "scheduled"].map {
      "flat.\($0)"
    } + ["momentum", "nesterov", "adam", "adamw", "rmsprop"].map { "two.\($0)" })
  func exportsGoOnWhereTheRunStopped(_ name: String) throws {
    var run = KerasResumptionTests.run("\(KerasResumptionTests.folder)/keras3.\(name).keras")
    let form = name.prefix { $0 != "." }
    run.recipe.epochs = 20
    let folder = try TemporaryFolder()
    _ = try run.train(in: folder, steps: 20)
    let straight = try KerasResumptionTests.variables(folder.path + "/last.h5")
    run.recipe.epochs = 10
    _ = try run.train(in: folder, steps: 10)
    let checkpoint = folder.path + "/last.h5"
    let compiled = try #require(try CompiledModel(reading: checkpoint))
    let model = try KerasModel(reading: checkpoint)
    let weights = Weights(ParameterTable(model.graph))
    try model.load(into: weights)
    for (format, file) in [(ExportFormat.keras, "m.\(form).keras"), (.h5, "m.\(form).h5")] {
      let export = try compiled.export(weights, as: format, withState: true)
      #expect(export.notices.count == (format == .h5 ? 1 : 0), "\(export.notices)")
      try KerasModel.export(
        model.graph, weights, as: format, compiled: export.configuration, optimizer: export.optimizer,
        to: "\(folder.path)/\(file)")
    }
    try FileManager.default.copyItem(atPath: checkpoint, toPath: "\(folder.path)/last.\(form).h5")
    for file in ["m.\(form).keras", "m.\(form).h5", "last.\(form).h5"] {
      // The samples of an epoch come in another order, so that sums round otherwise.
      let later = try TemporaryFolder()
      _ = try KerasResumptionTests.run("\(folder.path)/\(file)").train(in: later, steps: 10)
      let values = try KerasResumptionTests.variables(later.path + "/last.h5")
      #expect(KerasResumptionTests.distance(values, straight) <= 1e-6, "\(file)")
    }
  }

  @Test func whatTheRecipeSaysComesFirst() throws {
    let path = "\(KerasResumptionTests.folder)/keras3.flat.adam.keras"
    var recipe = KerasResumptionTests.run(path).recipe
    var settled = try recipe.settled().optimizer
    #expect(settled.name == .adam && settled.rate == 0.01 && settled.beta1 == 0.8 && settled.epsilon == 1e-5)
    #expect(settled.iterations == 10)
    recipe.optimizer.rate = 0.5
    settled = try recipe.settled().optimizer
    #expect(settled.name == .adam && settled.rate == 0.5 && settled.iterations == 10)
    recipe.optimizer.name = .sgd
    settled = try recipe.settled().optimizer
    #expect(settled.name == .sgd && settled.rate == 0.5 && settled.iterations == 0 && settled.beta1 == 0.9)
    recipe = KerasResumptionTests.run("\(KerasResumptionTests.folder)/keras3.flat.scheduled.keras").recipe
    #expect(try recipe.settled().schedule.keras?.className == "ExponentialDecay")
    recipe.optimizer.rate = 0.5
    #expect(try recipe.settled().schedule == ScheduleChoice())
    recipe.optimizer.rate = nil
    recipe.finetune = FinetuneChoice(phases: [])
    #expect(try recipe.settled().optimizer.name == .sgd)
  }
}

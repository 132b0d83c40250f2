import Datasets
import HDF5
import Keras
import Networks
import Tasks
import Tensors
import TestSupport
import Testing
import Training

/// Names of classes and preprocessing go with a model from file to file.
@Suite(.serialized) struct ModelNotesTests {
  private static let notes = ModelNotes(classNames: ["cats", "dogs"], preprocessing: Preprocessing(scale: 0.25))

  @Test func sayHowImagesWereDecoded() throws {
    let folder = try TemporaryFolder()
    var decoding = ImageDecoding()
    (decoding.background, decoding.orientation, decoding.reduction) = ([1, 2, 3], false, true)
    var notes = ModelNotesTests.notes
    notes.decoding = decoding
    let path = try write(folder, "m.keras", as: .keras, notes: notes.text)
    #expect(try ModelNotes.read(from: path) == notes)
    var run = try run(folder, from: path, .keras)
    run.recipe.data.decoding = decoding
    _ = try run.train(in: folder, steps: 1)
    #expect(try ModelNotes.read(from: folder.path + "/last.h5")?.decoding == decoding)
  }

  private func write(_ folder: borrowing TemporaryFolder, _ name: String, as format: ExportFormat, notes: String) throws
    -> String
  {
    let graph = try Models.make("resnet8", input: [28, 28, 1], classes: 2)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 4)
    try KerasModel.export(graph, weights, as: format, notes: notes, to: "\(folder.path)/\(name)")
    return "\(folder.path)/\(name)"
  }

  /// On images of two classes, with names or without, with the head of the file.
  private func run(
    _ folder: borrowing TemporaryFolder, from path: String, _ format: ExportFormat, classNames: [String] = []
  ) throws -> TrainingRun {
    let data = "\(folder.path)/data.h5"
    try File.replace(data) { file in
      _ = try file.root.write("images", (0..<16 * 784).map { UInt8($0 % 251) }, shape: [16, 28, 28, 1])
      _ = try file.root.write("labels", (0..<16).map { Int32($0 % 2) }, shape: [16])
      if !classNames.isEmpty { try file.root.attributes.set("class_names", classNames) }
    }
    var run = TrainingRun()
    run.recipe.model = [.keras, .h5].contains(format) ? .file(path) : .named("resnet8")
    run.recipe.data = DataChoice(train: data)
    (run.recipe.batch, run.recipe.shards, run.recipe.augmentation) = (8, 2, [])
    var phase = PhaseChoice()
    (phase.freeze, phase.steps) = (["conv2d"], 2)
    run.recipe.finetune = FinetuneChoice(phases: [phase])
    run.recipe.finetune!.from = path
    return run
  }

  @Test(arguments: zip(ExportFormat.allCases, ["m.keras", "m.weights.h5", "m.h5", "w.h5", "m.safetensors"]))
  func goFromFileToCheckpoint(_ format: ExportFormat, _ name: String) throws {
    let folder = try TemporaryFolder()
    let path = try write(folder, name, as: format, notes: ModelNotesTests.notes.text)
    #expect(try ModelNotes.read(from: path) == ModelNotesTests.notes)
    let run = try run(folder, from: path, format)
    #expect(try run.recipe.settled().preprocessing == Preprocessing(scale: 0.25))
    _ = try run.train(in: folder, steps: 1)
    var notes = ModelNotesTests.notes
    notes.preprocessing.stored = .bytes
    let trained = try #require(try ModelNotes.read(from: folder.path + "/last.h5"))
    notes.targets = trained.targets
    #expect(trained == notes && trained.targets?.map(\.kind) == [.category])
  }

  @Test func otherClassesNeedAnotherHead() throws {
    let folder = try TemporaryFolder()
    let path = try write(folder, "m.h5", as: .h5, notes: ModelNotesTests.notes.text)
    var run = try run(folder, from: path, .h5, classNames: ["cats", "cows"])
    let error = #expect(throws: TrainingError.self) { try run.train(in: folder, steps: 1) }
    #expect(
      error?.description
        == "\(folder.path)/data.h5 has the classes cats, cows, but \(path) was trained on cats, dogs; give data with "
        + "the same classes, or a new head with 'finetune.head: {}'."
    )
    run.recipe.finetune!.head = HeadChoice()
    _ = try run.train(in: folder, steps: 1)
    #expect(try ModelNotes.read(from: folder.path + "/last.h5")?.classNames == ["cats", "cows"])
  }

  @Test func whatCannotBeUnderstoodIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = try write(folder, "m.keras", as: .keras, notes: "{}")
    #expect { try ModelNotes.read(from: path) } throws: {
      "\($0)"
        == "\(path): what 'convoy' says there of classes and preprocessing cannot be understood; export the checkpoint "
        + "again."
    }
  }
}

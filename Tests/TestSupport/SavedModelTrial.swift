import Foundation
import HDF5
import Keras
import Kernels
public import Networks
public import Tensors
public import Testing
public import Training

/// The trial that every model must bear: a step of training, a checkpoint that is sound, whoever reads it, and a resume
/// that changes no bit.
public struct SavedModelTrial {
  /// Where checkpoints go that Tests/Fixtures/keras/check_checkpoints.py loads into Keras; nil where nobody asks.
  private static let keptFolder = ProcessInfo.processInfo.environment["CONVOY_KERAS_CHECK_FOLDER"]

  public var run = TrainingRun(model: "lenet5")
  private let name: String
  private let location: SourceLocation

  /// - Parameter name: of the checkpoint that Keras is to load.
  public init(_ name: String, _ model: ModelChoice, sourceLocation: SourceLocation = #_sourceLocation) {
    self.name = name.replacing("../", with: "").replacing("/", with: "_").replacing(":", with: "_")
    location = sourceLocation
    run.recipe.model = model
    (run.recipe.batch, run.recipe.shards, run.recipe.epochs) = (2, 2, 4)
    run.recipe.optimizer.rate = 0.01
    run.recipe.augmentation = []
    // Whatever a file was compiled with: the labels are classes.
    run.recipe.loss = FunctionChoice("sparse_categorical_crossentropy")
  }

  /// Trains a file's model, or what makes it trainable. Where a layer cannot be trained with, the model is only written
  /// and read; a file that is to be refused must be.
  public static func check(_ file: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    guard !file.contains("/refuse.") else {
      #expect(throws: KerasError.self, sourceLocation: sourceLocation) {
        let model = try KerasModelFiles.model(file)
        try model.load(into: Weights(ParameterTable(model.graph)))
      }
      return
    }
    let model = try KerasModelFiles.model(file)
    let weights = Weights(ParameterTable(model.graph))
    try model.load(into: weights)
    // AdaptationTests trains and resumes models that take texts.
    guard model.graph.inputs.indices.allSatisfy(model.graph.takesNumbers) else {
      return try SavedModelTrial(file, .file(KerasModelFiles.path(file)), sourceLocation: sourceLocation)
        .checkWriting(model.graph, weights)
    }
    let folder = try TemporaryFolder()
    let trained = try TrainableModel(model.graph, weights)
    var path = KerasModelFiles.path(file)
    // A file that can be trained is trained as it is.
    if trained.isAnother || (try? KerasModel(reading: path)) == nil {
      path = folder.path + "/model.h5"
      var graph = trained.graph
      graph.hasOpenSizes = false
      try KerasModel.export(graph, trained.weights, as: .h5, to: path)
    }
    var trial = SavedModelTrial(file, .file(path), sourceLocation: sourceLocation)
    let vocabulary = trained.graph.nodes.compactMap { ($0.layer as? Embedding)?.inputs }.min()
    try trial.writeData(shape: trained.graph.inputShapes[0], vocabulary: vocabulary, in: folder)
    do {
      try trial.check()
    } catch let error as TrainingError where error.description.contains("cannot be trained with") {
      try trial.checkWriting(model.graph, weights)
    }
  }

  /// Eight samples with labels.
  public mutating func writeData(shape: Shape, vocabulary: Int? = nil, in folder: borrowing TemporaryFolder) throws {
    let path = folder.path + "/data.h5"
    let file = try File(creating: path)
    try file.root.write("images", SavedModelTrial.samples(8, of: shape, vocabulary), shape: [8] + shape.dimensions)
    try file.root.write("labels", (0..<8).map { Int64($0 % TrainableModel.classes) }, shape: [8])
    try file.close()
    run.recipe.data = DataChoice(train: path + ":/")
  }

  public func check() throws {
    let whole = try TemporaryFolder()
    let parts = try TemporaryFolder()
    let straight = try run.train(in: whole, steps: 2)[0]
    let first = try run.train(in: parts, steps: 1)[0]
    try SavedModelTrial.requireSound(first.checkpoint, digest: first.weightsDigest, location)
    var run = run
    (run.ranks, run.threads) = (2, 1)
    let second = try run.train(in: parts, steps: 2, resume: true)[0]
    #expect(second.weightsDigest == straight.weightsDigest, "the resume changed bits", sourceLocation: location)
    #expect(second.state == straight.state, sourceLocation: location)
    try SavedModelTrial.requireSound(second.checkpoint, digest: second.weightsDigest, location)
    try keep(second.checkpoint)
  }

  /// All of it but the steps.
  ///
  /// - Parameter given: the weights; first ones unless given.
  public func checkWriting(_ graph: Graph, _ given: Weights? = nil) throws {
    let weights = given ?? Weights(ParameterTable(graph))
    if given == nil { weights.initialize(seed: 7) }
    let slot = Buffer(count: weights.trainable.count)
    slot.copy(from: weights.trainable)
    let folder = try TemporaryFolder()
    let path = folder.path + "/last.h5"
    try Checkpoint.write(
      to: path, graph: graph, weights: weights, slots: [slot], state: TrainingState(), recipe: run.recipe)
    try SavedModelTrial.requireSound(path, digest: weights.digest(), location)
    let (read, readSlot) = (Weights(weights.table), Buffer(count: slot.count))
    try Checkpoint.load(path, graph: graph, into: read, slots: [readSlot])
    #expect(read.digest() == weights.digest(), sourceLocation: location)
    let entries = weights.table.entries.filter { $0.parameter.kind == .trainable }
    let isSame = entries.allSatisfy { readSlot[$0.range].checksum == slot[$0.range].checksum }
    #expect(isSame, "a slot is not what was written", sourceLocation: location)
    try keep(path)
  }

  /// A checkpoint is what was written, and a Keras file for whoever knows nothing of checkpoints.
  private static func requireSound(_ path: String, digest: String, _ location: SourceLocation) throws {
    let verification = try Verification(of: path)
    #expect(verification.isSound, "\(verification.text)", sourceLocation: location)
    let model = try KerasModel(reading: path)
    let weights = Weights(ParameterTable(model.graph))
    try model.load(into: weights)
    #expect(weights.digest() == digest, "a Keras file of other weights", sourceLocation: location)
  }

  /// Leaves the checkpoint for Keras, with inputs and outputs.
  private func keep(_ checkpoint: String) throws {
    guard let folder = SavedModelTrial.keptFolder else { return }
    let path = "\(folder)/\(name).checkpoint"
    try? FileManager.default.removeItem(atPath: path + ".h5")
    try FileManager.default.copyItem(atPath: checkpoint, toPath: path + ".h5")
    let model = try KerasModel(reading: checkpoint)
    let weights = Weights(ParameterTable(model.graph))
    try model.load(into: weights)
    let vocabulary = model.graph.nodes.compactMap { ($0.layer as? Embedding)?.inputs }.min()
    let inputs = model.graph.inputShapes.map { SavedModelTrial.samples(8, of: $0, vocabulary) }
    let outputs = try Inference(model.graph, weights: weights).run(inputs).outputs
    let golden = try File(creating: path + ".golden.h5")
    for (index, values) in inputs.enumerated() {
      try golden.root.write("inputs/\(index)", values, shape: [8] + model.graph.inputShapes[index].dimensions)
    }
    for (index, values) in outputs.enumerated() {
      try golden.root.write("outputs/\(index)", values, shape: [8] + model.graph.outputShapes[index].dimensions)
    }
    try golden.close()
  }

  /// Whole numbers from 1 for layers that look up words, others between 0 and 1.
  private static func samples(_ count: Int, of shape: Shape, _ vocabulary: Int?) -> [Float] {
    var random = RandomStream(seed: 4, purpose: .synthesis)
    return (0..<count * shape.count).map { _ in
      vocabulary.map { Float(1 + random.integer(below: max(1, $0 - 1))) } ?? 0.1 + 0.8 * random.uniform()
    }
  }
}

import Foundation
import HDF5
import Keras
import Kernels
public import Networks
public import Tensors
public import Testing
public import Training

/// What every model must bear: a step of training, a checkpoint that is sound, whoever reads it, and a resume that
/// changes no bit.
public struct SavedModelTrial {
  /// Where checkpoints go that Tests/Fixtures/keras/check_checkpoints.py loads into Keras; nil where nobody asks.
  private static let keptFolder = ProcessInfo.processInfo.environment["CONVOY_KERAS_CHECK_FOLDER"]

  public var run = TrainingRun(model: "lenet5")
  private let name: String
  private let location: SourceLocation

  /// - Parameter name: of the checkpoint that Keras is to load.
  public init(_ name: String, _ model: ModelChoice, sourceLocation: SourceLocation = #_sourceLocation) {
    (self.name, location) = (name.replacing("/", with: "_").replacing(":", with: "_"), sourceLocation)
    run.recipe.model = model
    (run.recipe.batch, run.recipe.shards, run.recipe.epochs) = (2, 2, 4)
    run.recipe.optimizer.rate = 0.01
    run.recipe.augmentation = []
  }

  /// Trains a file's model, or what makes it trainable.
  public static func check(_ file: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let model = try KerasModelFiles.model(file)
    let weights = Weights(ParameterTable(model.graph))
    try model.load(into: weights)
    let folder = try TemporaryFolder()
    let trained = try TrainableModel(model.graph, weights)
    let path = folder.path + "/model.h5"
    try KerasModel.export(trained.graph, trained.weights, as: .h5, to: path)
    var trial = SavedModelTrial(file, .file(path), sourceLocation: sourceLocation)
    let vocabulary = trained.graph.nodes.compactMap { ($0.layer as? Embedding)?.inputs }.min()
    try trial.writeData(shape: trained.graph.inputShapes[0], vocabulary: vocabulary, in: folder)
    try trial.check()
  }

  /// Eight samples with labels. Layers that look up words get whole numbers.
  public mutating func writeData(shape: Shape, vocabulary: Int? = nil, in folder: borrowing TemporaryFolder) throws {
    let path = folder.path + "/data.h5"
    var random = RandomStream(seed: 4, purpose: .synthesis)
    let values = (0..<8 * shape.count).map { _ in
      vocabulary.map { Float(1 + random.integer(below: max(1, $0 - 1))) } ?? 0.1 + 0.8 * random.uniform()
    }
    let file = try File(creating: path)
    try file.root.write("images", values, shape: [8] + shape.dimensions)
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

  /// All of it but the steps: for networks that take too long.
  public static func checkWriting(_ graph: Graph, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let weights = Weights(ParameterTable(graph))
    for buffer in [weights.trainable, weights.states] { fill(buffer) }
    let slot = Buffer(count: weights.trainable.count)
    fill(slot)
    let folder = try TemporaryFolder()
    let path = folder.path + "/last.h5"
    try Checkpoint.write(
      to: path, graph: graph, weights: weights, slots: [slot], state: TrainingState(),
      recipe: TrainingRun(model: "lenet5").recipe)
    try requireSound(path, digest: weights.digest(), sourceLocation)
    let (read, readSlot) = (Weights(weights.table), Buffer(count: slot.count))
    try Checkpoint.load(path, graph: graph, into: read, slots: [readSlot])
    #expect(read.digest() == weights.digest(), sourceLocation: sourceLocation)
    let entries = weights.table.entries.filter { $0.parameter.kind == .trainable }
    let isSame = entries.allSatisfy { readSlot[$0.range].checksum == slot[$0.range].checksum }
    #expect(isSame, "a slot is not what was written", sourceLocation: sourceLocation)
  }

  /// Other numbers everywhere.
  private static func fill(_ buffer: Buffer) {
    for index in 0..<buffer.count { buffer[index] = Float(index % 9973) * 1e-3 + 0.5 }
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
    let data = try File(reading: String(run.recipe.data.train.dropLast(2))).root
    let images = try data.dataset("images").read(Float.self)
    let outputs = try Inference(model.graph, weights: weights).run([images]).outputs
    let golden = try File(creating: path + ".golden.h5")
    try golden.root.write("inputs/0", images, shape: [8] + model.graph.inputShapes[0].dimensions)
    try golden.root.write("outputs/0", outputs[0], shape: [8] + model.graph.outputShapes[0].dimensions)
    try golden.close()
  }
}

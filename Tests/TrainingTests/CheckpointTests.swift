import Foundation
import HDF5
import Keras
import Networks
import Tensors
import TestSupport
import Testing
import Training

@Suite(.serialized) struct CheckpointTests {
  private func make() throws -> (graph: Graph, weights: Weights, slots: [Buffer]) {
    let graph = try Models.make("resnet8", input: [8, 8, 3], classes: 4)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    let slot = Buffer((0..<weights.trainable.count).map { Float($0 % 97) * 0.01 })
    return (graph, weights, [slot])
  }

  private func state() -> TrainingState {
    var state = TrainingState()
    (state.step, state.samples, state.classNames) = (17, 1234, ["a", "b", "c", "d"])
    state.epochMetrics = Metrics(lossSum: 1.5, correct: 3, samples: 4)
    state.history = [
      EpochRecord(
        epoch: 1, step: 9, training: Metrics(lossSum: 0.1, correct: 1, samples: 2),
        test: Metrics(lossSum: .infinity, correct: 0, samples: 2), rate: 0.1)
    ]
    return state
  }

  @Test func whatIsWrittenComesBackBitByBit() throws {
    let (graph, weights, slots) = try make()
    let folder = try TemporaryFolder()
    let path = folder.path + "/last.h5"
    let recipe = TrainingRun().recipe
    try Checkpoint.write(to: path, graph: graph, weights: weights, slots: slots, state: state(), recipe: recipe)
    #expect(Checkpoint.isCheckpoint(path))
    let header = try Checkpoint.header(of: path)
    #expect(header.state == state() && header.recipe == recipe)
    let (read, slot) = (Weights(weights.table), Buffer(count: slots[0].count))
    try Checkpoint.load(path, graph: graph, into: read, slots: [slot])
    #expect(read.digest() == weights.digest())
    for entry in weights.table.entries where entry.parameter.kind == .trainable {
      #expect(slot[entry.range].values == slots[0][entry.range].values)
    }
  }

  /// The file with one bit turned over.
  private func damage(_ path: String, bit: Int) throws {
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    data[bit / 8] ^= 1 << (bit % 8)
    try data.write(to: URL(fileURLWithPath: path))
  }

  /// The first bit of a run of bytes in a file.
  private func bit(of bytes: some Sequence<UInt8>, in path: String) throws -> Int {
    try #require(try Data(contentsOf: URL(fileURLWithPath: path)).firstRange(of: Data(bytes))).lowerBound * 8
  }

  @Test func damageIsFoundAndNamed() throws {
    let (graph, weights, slots) = try make()
    let folder = try TemporaryFolder()
    let path = folder.path + "/last.h5"
    func verify(damaging bit: Int) throws -> [Verification.Damage] {
      try damage(path, bit: bit)
      defer { try? damage(path, bit: bit) }
      #expect(throws: TrainingError.self) { try Checkpoint.requireSound(path) }
      return try Verification(of: path).damages
    }
    try Checkpoint.write(
      to: path, graph: graph, weights: weights, slots: slots, state: state(), recipe: TrainingRun().recipe)
    let sound = try Verification(of: path)
    #expect(sound.isSound && sound.step == 17 && sound.sha256?.count == 64)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path)).count
    let file = try File(reading: path)
    for name in ["/model_weights/dense/dense/kernel:0", "/convoy/slots/0/dense/kernel"] {
      let range = try #require(try file.root.dataset(name).byteRange())
      #expect(try verify(damaging: range.lowerBound * 8) == [.dataset(name)])
      #expect(try verify(damaging: range.upperBound * 8 - 1) == [.dataset(name)])
    }
    #expect(try verify(damaging: bit(of: "\"class_name\"".utf8, in: path)) == [.structure])
    #expect(try verify(damaging: 3) == [.structure])
    #expect(try verify(damaging: bit(of: "\"sha256\"".utf8, in: path)) == [.seal])
    #expect(try verify(damaging: bytes * 8 - 1) == [.seal])
    #expect(try Verification(of: path).isSound)
    try Data(contentsOf: URL(fileURLWithPath: path)).dropLast(40).write(to: URL(fileURLWithPath: path))
    #expect(try Verification(of: path).damages == [.seal])
  }

  /// What the disk holds is compared again when it is read, whatever was verified before.
  @Test func loadingChecksEachDataset() throws {
    let (graph, weights, slots) = try make()
    let folder = try TemporaryFolder()
    let path = folder.path + "/last.h5"
    try Checkpoint.write(
      to: path, graph: graph, weights: weights, slots: slots, state: state(), recipe: TrainingRun().recipe)
    let range = try #require(try File(reading: path).root.dataset("/convoy/slots/0/dense/kernel").byteRange())
    try damage(path, bit: range.lowerBound * 8)
    #expect { try Checkpoint.load(path, graph: graph, into: Weights(weights.table), slots: slots) } throws: {
      "\($0)".contains("is damaged: the SHA-256 of '/convoy/slots/0/dense/kernel' is not the one")
    }
  }

  @Test func anotherArchitectureIsRefused() throws {
    let (graph, weights, slots) = try make()
    let folder = try TemporaryFolder()
    let path = folder.path + "/last.h5"
    try Checkpoint.write(
      to: path, graph: graph, weights: weights, slots: slots, state: state(), recipe: TrainingRun().recipe)
    let other = try Models.make("resnet14", input: [8, 8, 3], classes: 4)
    #expect { try Checkpoint.load(path, graph: other, into: Weights(ParameterTable(other)), slots: []) } throws: {
      "\($0)".contains("is a checkpoint of another architecture (")
    }
  }

  @Test func weightsThatAreNotFiniteAreNotSaved() throws {
    let (graph, weights, slots) = try make()
    weights.trainable[5] = .nan
    let folder = try TemporaryFolder()
    let path = folder.path + "/last.h5"
    #expect {
      try Checkpoint.write(
        to: path, graph: graph, weights: weights, slots: slots, state: state(), recipe: TrainingRun().recipe)
    } throws: {
      "\($0)".contains("are not saved")
    }
    #expect(!Checkpoint.isCheckpoint(path))
  }

  @Test func aPlainKerasFileIsNoCheckpoint() throws {
    let (graph, weights, _) = try make()
    let folder = try TemporaryFolder()
    let path = folder.path + "/model.h5"
    try File.replace(path) { try KerasModel.write(graph, weights, to: $0) }
    #expect { try Checkpoint.header(of: path) } throws: { "\($0)".contains("is a Keras file but not a checkpoint") }
  }

  @Test func aPlainKerasFileIsNotVerifiedButRead() throws {
    let (graph, weights, _) = try make()
    let folder = try TemporaryFolder()
    let path = folder.path + "/model.h5"
    try File.replace(path) { try KerasModel.write(graph, weights, to: $0) }
    try Checkpoint.requireSound(path)
    #expect(try Verification(of: path).damages == [.seal])
  }
}

import Digests
import Foundation
import HDF5
public import Keras
import Kernels
public import Networks
public import Tensors

/// A checkpoint: a Keras whole-model file with one more group, `/convoy`, that Keras ignores, and digests of every byte
/// behind it (`Seal`).
///
/// `/convoy` holds the attributes `format`, `state` and `recipe` (JSON), `weights` (SHA-256 of `Weights.digest`),
/// `interrupted`, `iterations` (of the optimizer), `compiled` (what Keras would be compiled with) and, where layers do
/// not move, `frozen` (JSON: their names and the SHA-256 of what they hold), and the datasets
/// `slots/INDEX/LAYER/PARAMETER` in Keras's shapes. Where a variable lies, `VariablePlaces` says.
public enum Checkpoint {
  static let group = "convoy"
  static let format = 2

  /// The part of a checkpoint about its run.
  public struct Header: Sendable {
    public let state: TrainingState
    public let recipe: Recipe
    /// Whether a signal ended the run here, before its last step.
    public let isInterrupted: Bool
    /// What was not to be moved when it was written; nil where everything was trained.
    public let frozen: FrozenRecord?
    /// Updates that the optimizer has made; where layers were unfrozen on the way, of those that it has moved longest.
    package let iterations: Int
    /// Whether it has moved other layers for a shorter time.
    package let isMixed: Bool
    /// What Keras would be compiled with to go on; nil where it has no such optimizer, and in checkpoints of earlier
    /// versions.
    package let compiled: CompileConfiguration?
  }

  /// Writes the file whole or not at all: verified and flushed to the disk before it has its name.
  public static func write(
    to path: String, graph: Graph, weights: Weights, slots: [Buffer], state: TrainingState, recipe: Recipe,
    compiled: CompileConfiguration? = nil, firstSteps: [String: Int] = [:], frozen: FrozenRecord? = nil,
    isInterrupted: Bool = false
  ) throws(TrainingError) {
    guard isFinite(weights, slots) else { throw notFinite(path) }
    do {
      try File.replace(path) { (file: File) throws in
        try KerasModel.write(graph, weights, compiled: compiled, to: file)
        let root = try file.root.createGroup(group)
        try root.attributes.set("format", Int64(format))
        try root.attributes.set("state", try json(state))
        try root.attributes.set("recipe", try json(recipe))
        let firsts = Set(graph.trainedLayers.map { firstSteps[$0] ?? 0 })
        try root.attributes.set("iterations", Int64(state.step - (firsts.min() ?? 0)))
        if firsts.count > 1 { try root.attributes.set("mixed_iterations", Int64(1)) }
        if let compiled { try root.attributes.set("compiled", compiled.text) }
        if let frozen { try root.attributes.set("frozen", try json(frozen)) }
        try root.attributes.set("weights", weights.digest())
        try root.attributes.set("interrupted", Int64(isInterrupted ? 1 : 0))
        for slot in slotDatasets(graph, weights.table, slots) {
          try slot.buffer.withSpan { values in _ = try file.root.write(slot.path, values, shape: slot.shape) }
        }
      } finish: { temporary in
        let seal = try Seal(
          of: temporary, step: state.step,
          expected: datasets(graph, weights, slots).map { ($0.path, SHA256.digest(of: $0.buffer)) })
        try FileBytes.append(try seal.text(), to: temporary)
      }
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError(.run, "the checkpoint could not be written: \(error)")
    }
  }

  /// Refuses a model that no checkpoint can hold, before anything is trained.
  static func requireWritable(_ graph: Graph, _ path: String) throws(TrainingError) {
    do { try KerasModel.requireWritable(graph, path) } catch { throw TrainingError(.configuration, error.description) }
  }

  /// Whether weights, statistics and slots hold numbers only. Others are never saved.
  static func isFinite(_ weights: Weights, _ slots: [Buffer]) -> Bool {
    weights.trainable.isFinite && weights.states.isFinite && slots.allSatisfy(\.isFinite)
  }

  static func notFinite(_ path: String) -> TrainingError {
    TrainingError(
      .run,
      "\(path): the weights hold values that are not finite and are not saved; lower the learning rate and start "
        + "again, with --resume where an older checkpoint is there."
    )
  }

  /// Refuses a file with digests that do not fit its bytes. One without them, such as Keras writes, is let through.
  public static func requireSound(_ path: String) throws(TrainingError) {
    do {
      guard try Seal.isPresent(in: FileBytes(reading: path)) else { return }
    } catch {
      // A file that cannot be read is reported by who reads it.
      return
    }
    let verification = try Verification(of: path)
    guard verification.isSound else {
      throw TrainingError(
        .data, "\(path) is damaged: \(verification.text); use another copy of it or another checkpoint.")
    }
  }

  /// A variable as it is written, and its place.
  struct StoredVariable {
    let path: String
    let shape: [Int]
    let buffer: Buffer
  }

  /// Weights, statistics and slots.
  private static func datasets(_ graph: Graph, _ weights: Weights, _ slots: [Buffer]) -> [StoredVariable] {
    let places = VariablePlaces(graph, weights.table)
    return weights.table.entries.filter { $0.parameter.count > 0 }.map {
      StoredVariable(path: places.path(of: $0), shape: $0.parameter.shape, buffer: weights[$0])
    } + slotDatasets(graph, weights.table, slots)
  }

  static func slotDatasets(_ graph: Graph, _ table: ParameterTable, _ slots: [Buffer]) -> [StoredVariable] {
    let places = VariablePlaces(graph, table)
    return slots.enumerated().flatMap { index, slot in
      table.entries.filter { $0.parameter.kind == .trainable && $0.parameter.count > 0 }.map {
        StoredVariable(
          path: "/\(group)/slots/\(index)/\(places.name(of: $0))", shape: $0.parameter.shape, buffer: slot[$0.range])
      }
    }
  }

  /// Whether the file is a Keras file with a `/convoy` group.
  public static func isCheckpoint(_ path: String) -> Bool {
    guard let file = try? File(reading: path) else { return false }
    return (try? file.root.contains(group)) ?? false
  }

  /// Reads state and recipe.
  public static func header(of path: String) throws(TrainingError) -> Header {
    try reading(path) { root in
      let state = try decode(TrainingState.self, root.attributes.string("state"))
      return Header(
        state: state, recipe: try decode(Recipe.self, root.attributes.string("recipe")),
        isInterrupted: try root.attributes.value("interrupted", as: Int64.self) == 1,
        frozen: try root.attributes.contains("frozen")
          ? decode(FrozenRecord.self, root.attributes.string("frozen")) : nil,
        // Checkpoints of earlier versions do not say.
        iterations: try root.attributes.contains("iterations")
          ? Int(root.attributes.value("iterations", as: Int64.self)) : state.step,
        isMixed: try root.attributes.contains("mixed_iterations"),
        compiled: try root.attributes.contains("compiled")
          ? CompileConfiguration(text: root.attributes.string("compiled")) : nil)
    }
  }

  /// Reads weights and slots, bit by bit as they were written, and checks the digest of each.
  public static func load(_ path: String, graph: Graph, into weights: Weights, slots: [Buffer]) throws(TrainingError) {
    do {
      let model = try KerasModel(reading: path)
      if let difference = model.graph.difference(from: graph) {
        throw TrainingError(
          .data,
          "\(path) is a checkpoint of another architecture (\(difference)); use the configuration it was made with, or "
            + "another output folder."
        )
      }
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError(.data, "\(error)")
    }
    let datasets = datasets(graph, weights, slots)
    try reading(path) { root in
      for dataset in datasets {
        let values: [Float] = try root.dataset(dataset.path).read()
        guard values.count == dataset.buffer.count else {
          throw TrainingError(
            .data,
            "\(path): '\(dataset.path)' has \(values.count) values instead of \(dataset.buffer.count); resume from "
              + "another checkpoint.")
        }
        dataset.buffer.replace(with: values)
      }
    }
    try requireDigests(path, datasets)
  }

  /// What was read must be what was written, whatever happened to the file between verifying and reading it.
  private static func requireDigests(_ path: String, _ datasets: [StoredVariable]) throws(TrainingError) {
    let digests: [String: String]
    do {
      let seal = try Seal.read(FileBytes(reading: path))?.seal
      digests = Dictionary((seal?.datasets ?? []).map { ($0.path, $0.sha256) }) { first, _ in first }
    } catch {
      throw TrainingError(.data, error.description)
    }
    for dataset in datasets where digests[dataset.path] != SHA256.digest(of: dataset.buffer) {
      throw TrainingError(
        .data,
        "\(path) is damaged: the SHA-256 of '\(dataset.path)' is not the one it was written with; resume from another "
          + "checkpoint."
      )
    }
  }

  static func reading<Result>(_ path: String, _ body: (Group) throws -> Result) throws(TrainingError) -> Result {
    do {
      let file = try File(reading: path)
      guard try file.root.contains(group) else {
        throw TrainingError(
          .data,
          "\(path) is a Keras file but not a checkpoint: it has no group '/convoy'; name it as the 'model' of a "
            + "configuration to start from its weights."
        )
      }
      let root = try file.root.group(group)
      let found: Int64 = try root.attributes.value("format")
      guard found == format else {
        throw TrainingError(
          .data,
          "\(path) has checkpoint format \(found), but this version reads \(format); use the version that wrote it.")
      }
      return try body(root)
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError(.data, "\(error)")
    }
  }

  private static func json(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder.ofNumbers.encode(value), as: UTF8.self)
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSONDecoder.ofNumbers.decode(type, from: Data(text.utf8))
  }
}

import Foundation
import HDF5
import Keras
import Kernels
public import Networks
public import Tensors

/// A checkpoint: a Keras whole-model file with one more group, `/convoy`, that Keras ignores.
///
/// `/convoy` holds the attributes `format`, `state` and `recipe` (JSON), `weights` (SHA-256 of `Weights.digest`) and `slots` (SHA-256 of the
/// optimizer's slots), and the datasets `slots/INDEX/LAYER/PARAMETER` in Keras's shapes.
public enum Checkpoint {
  static let group = "convoy"
  static let format = 1

  /// What a checkpoint says about its run.
  public struct Header: Sendable {
    public let state: TrainingState
    public let recipe: Recipe
  }

  /// Writes the file whole or not at all: under a temporary name first, then renamed.
  public static func write(
    to path: String, graph: Graph, weights: Weights, slots: [Buffer], state: TrainingState, recipe: Recipe
  ) throws(TrainingError) {
    guard weights.trainable.isFinite && weights.states.isFinite else {
      throw TrainingError(.run, "\(path): the weights hold values that are not finite and are not saved; lower the learning rate and start again from the last checkpoint.")
    }
    do {
      try File.replace(path) { (file: File) throws in
        try KerasModel.write(graph, weights, to: file)
        let root = try file.root.createGroup(group)
        try root.attributes.set("format", Int64(format))
        try root.attributes.set("state", try json(state))
        try root.attributes.set("recipe", try json(recipe))
        try root.attributes.set("weights", weights.digest())
        try root.attributes.set("slots", digest(of: slots, weights.table))
        for (index, slot) in slots.enumerated() {
          for entry in weights.table.entries where entry.parameter.kind == .trainable {
            _ = try root.write("slots/\(index)/\(entry.path)", slot[entry.range].values, shape: entry.parameter.shape)
          }
        }
      }
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError(.run, "the checkpoint could not be written: \(error)")
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
      Header(
        state: try decode(TrainingState.self, root.attributes.string("state")),
        recipe: try decode(Recipe.self, root.attributes.string("recipe")))
    }
  }

  /// Reads weights and slots, bit by bit as they were written, and checks their digests.
  public static func load(_ path: String, graph: Graph, into weights: Weights, slots: [Buffer]) throws(TrainingError) {
    do {
      let model = try KerasModel(reading: path)
      if let difference = model.graph.difference(from: graph) {
        throw TrainingError(.data, "\(path) is a checkpoint of another architecture (\(difference)); use the configuration it was made with, or another output folder.")
      }
      try model.load(into: weights)
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError(.data, "\(error)")
    }
    try reading(path) { root in
      for (index, slot) in slots.enumerated() {
        for entry in weights.table.entries where entry.parameter.kind == .trainable {
          let values: [Float] = try root.dataset("slots/\(index)/\(entry.path)").read()
          guard values.count == entry.parameter.count else {
            throw TrainingError(.data, "\(path): the optimizer slot \(index) of '\(entry.path)' has \(values.count) values instead of \(entry.parameter.count); resume from another checkpoint.")
          }
          slot[entry.range].replace(with: values)
        }
      }
      for (name, found) in [("weights", weights.digest()), ("slots", digest(of: slots, weights.table))] {
        guard try root.attributes.string(name) == found else {
          throw TrainingError(.data, "\(path) is damaged: the SHA-256 of its \(name) is not the one it was written with; resume from another checkpoint.")
        }
      }
    }
  }

  private static func reading<Result>(_ path: String, _ body: (Group) throws -> Result) throws(TrainingError) -> Result {
    do {
      let file = try File(reading: path)
      guard try file.root.contains(group) else {
        throw TrainingError(.data, "\(path) is a Keras file but not a checkpoint: it has no group '/convoy'; name it as the 'model' of a configuration to start from its weights.")
      }
      let root = try file.root.group(group)
      let found: Int64 = try root.attributes.value("format")
      guard found == format else {
        throw TrainingError(.data, "\(path) has checkpoint format \(found), but this version reads \(format); use the version that wrote it.")
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

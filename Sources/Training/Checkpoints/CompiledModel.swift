package import Keras
import Kernels
import Networks
import Tensors

/// A model of a file that was compiled: with which optimizer it was trained, and where that stands.
package struct CompiledModel: Sendable {
  let path: String
  package let configuration: CompileConfiguration?
  /// Nil where Convoy has none like it.
  package let optimizer: KerasOptimizer?
  /// Updates made; nil where the file does not hold the optimizer's state.
  package private(set) var iterations: Int?
  /// What stays behind, for a sentence.
  package let leftOut: [String]
  /// Losses and metrics, in the order of the outputs.
  let outputs: [CompiledOutput]
  private(set) var state: State

  enum State: Sendable {
    case none
    case keras(StoredOptimizer, CompileConfiguration.Object, Graph)
    case checkpoint
  }

  /// Nil where the file holds no model that was compiled.
  package init?(reading path: String) throws(TrainingError) {
    if Checkpoint.isCheckpoint(path) {
      try self.init(checkpoint: path)
      return
    }
    do {
      guard let configuration = try CompileConfiguration(reading: path) else { return nil }
      try self.init(path, configuration)
    } catch {
      throw TrainingError(.data, "\(error)")
    }
  }

  private init(_ path: String, _ configuration: CompileConfiguration) throws {
    let object = configuration.optimizer
    let optimizer = object.flatMap { KerasOptimizer($0) }
    let variant = object?.arguments["amsgrad"] == true ? " with amsgrad" : ""
    var leftOut = object.map { optimizer == nil ? ["the optimizer '\($0.className)'\(variant)"] : [] } ?? []
    leftOut += optimizer?.leftOut ?? []
    (state, iterations) = (.none, nil)
    if let object, optimizer != nil, let stored = try StoredOptimizer(reading: path) {
      let graph = try KerasModel(reading: path).graph
      do throws(KerasError) {
        try stored.check(object, graph)
        (state, iterations) = (.keras(stored, object, graph), stored.iterations)
      } catch {
        leftOut.append("the optimizer's state (\(error.problem))")
      }
    }
    leftOut += configuration.settings.keys.sorted()
    outputs =
      configuration.losses == nil && configuration.metrics == nil
      ? [] : CompiledOutput.all(configuration, names: try KerasModel.architecture(reading: path).outputNames)
    (self.path, self.configuration, self.optimizer, self.leftOut) = (path, configuration, optimizer, leftOut)
  }

  /// A checkpoint says more of its run than Keras's part of the file does.
  private init(checkpoint path: String) throws(TrainingError) {
    let header = try Checkpoint.header(of: path)
    let recipe = header.recipe
    let configuration = header.compiled
    let isOver = recipe.schedule.keras == nil && recipe.schedule != ScheduleChoice()
    let rate = configuration?.optimizer?.arguments["learning_rate"]?.asNumber
    (self.path, self.configuration, optimizer) = (path, configuration, KerasOptimizer(recipe, rate: rate))
    (iterations, state) = (header.iterations, .checkpoint)
    do { outputs = CompiledOutput.all(recipe, names: try KerasModel.architecture(reading: path).outputNames) } catch {
      throw TrainingError(.data, error.description)
    }
    leftOut = isOver ? ["the schedule '\(recipe.schedule.title)', which was that of its run"] : []
  }

  /// The slots by the paths of variables.
  func slots() throws(TrainingError) -> [OptimizerSlot: [String: [Float]]] {
    switch state {
    case .none: return [:]
    case .checkpoint: return try Checkpoint.slots(of: path)
    case .keras(let stored, let object, let graph):
      do { return try stored.read(object, graph) } catch { throw TrainingError(.data, error.description) }
    }
  }

  /// Fills the slots of a run that goes on from the file; what the file does not have stays as it is.
  ///
  /// - Parameter recipe: of the run.
  func load(into slots: [Buffer], _ weights: Weights, _ recipe: Recipe) throws(TrainingError) {
    let stored = try self.slots()
    for (kind, buffer) in zip(recipe.slots, slots) {
      for entry in weights.table.entries where entry.parameter.kind == .trainable {
        guard let values = stored[kind]?[entry.path] else { continue }
        buffer[entry.range].replace(with: values)
      }
      // The file holds the average in the place of the weights.
      if kind == .average, case .checkpoint = state, optimizer?.average?.save == .average {
        weights.trainable.exchange(with: buffer)
      }
    }
  }
}

extension KerasOptimizer {
  /// The optimizer of a recipe, whose schedule goes on where it counts the optimizer's steps.
  ///
  /// - Parameter rate: to which scores may have lowered it.
  fileprivate init(_ recipe: Recipe, rate: Double?) {
    (choice, average) = (recipe.optimizer, recipe.average)
    schedule = recipe.schedule.keras
    choice.iterations = 0
    if schedule?.hasRate == true { choice.rate = nil }
    if schedule?.className == ReduceLROnPlateau.kerasName { choice.rate = rate ?? choice.rate }
  }
}

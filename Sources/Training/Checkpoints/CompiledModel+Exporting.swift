package import Keras
package import Networks
import Tensors

extension CompiledModel {
  /// The parts that go along with the model into a file for Keras.
  package struct Export {
    /// Nil where Keras could not be compiled so.
    package var configuration: CompileConfiguration?
    package var optimizer: OptimizerState?
    /// What stays behind, in a sentence each.
    package var notices: [String] = []

    package init() {}
  }

  /// - Parameters:
  ///   - weights: of the model in the file.
  ///   - format: of a whole model.
  ///   - withState: whether the state of the optimizer is wanted.
  package func export(
    _ weights: Weights, as format: ExportFormat, withState: Bool
  ) throws(TrainingError) -> Export {
    var export = Export()
    guard var configuration, let optimizer else {
      var unknown = leftOut.first
      if case .checkpoint = state { unknown = optimizer?.choice.unknownToKeras }
      let reason = unknown.map { "Keras has no counterpart of \($0)" } ?? "it does not say with which optimizer"
      export.notices.append("\(path) is exported without what it was compiled with: \(reason).")
      return export
    }
    if let custom = configuration.removeCustomObjects() {
      export.notices.append("\(path) is exported without \(custom), which only its author's code knows.")
      guard configuration.losses != nil else { return export }
    }
    let rate = configuration.optimizer?.arguments["learning_rate"] ?? .null
    if case .checkpoint = state {
      let header = try Checkpoint.header(of: path)
      export.notices += header.exportNotices(rate: rate)
    } else {
      let rate = optimizer.schedule?.asKeras ?? .number(optimizer.choice.baseRate)
      configuration.optimizer = optimizer.choice.kerasObject(rate: rate, average: optimizer.average)
    }
    guard let object = configuration.optimizer else { return export }
    guard withState, let iterations else {
      guard format == .h5, !configuration.isForBothVersions else {
        export.configuration = configuration
        return export
      }
      export.notices.append(
        "Keras 2 and Keras 3 have no common form of the optimizer '\(object.className)' with these arguments: the file "
          + "is not compiled.")
      return export
    }
    export.configuration = configuration
    if format == .h5 {
      export.notices.append(
        "the state of the optimizer is for Keras 2: Keras 3 loads the model, but cannot train it on; for Keras 3 "
          + "export a .keras, or add --without-optimizer.")
    }
    var slots = try self.slots()
    if case .checkpoint = state, optimizer.average?.save == .average {
      slots[.average] = Dictionary(uniqueKeysWithValues: weights.table.entries.map { ($0.path, weights[$0].values) })
    }
    export.optimizer = OptimizerState(
      iterations: iterations, rate: object.arguments["learning_rate"]?.asNumber, slots: slots)
    return export
  }
}

extension Checkpoint.Header {
  /// What Keras goes on without, in a sentence each.
  ///
  /// - Parameter rate: what Keras is told of the learning rate.
  fileprivate func exportNotices(rate: JSONValue) -> [String] {
    var notices: [String] = []
    if let part = recipe.optimizer.unknownToKeras { notices.append("Keras goes on without \(part).") }
    let schedule = recipe.finetune?.phases.compactMap(\.schedule).last ?? recipe.schedule
    if let rate = rate.asNumber, schedule != ScheduleChoice() {
      let isCallback = schedule.keras?.className == ReduceLROnPlateau.kerasName
      notices.append(
        "Keras goes on with the rate \(Float(rate)): "
          + (isCallback
            ? "give the callback ReduceLROnPlateau to fit." : "it has no schedule as '\(schedule.title)' is here."))
    }
    if isMixed, recipe.optimizer.slots.contains(.square) {
      notices.append(
        "some layers were unfrozen later than others, which Keras's optimizer does not know: it counts \(iterations) "
          + "steps for all of them.")
    }
    if recipe.average?.save == .average {
      notices.append("the weights are the average of the run ('average.save'), from which Keras goes on.")
    }
    return notices
  }
}

extension KerasScheduleChoice {
  fileprivate var asKeras: JSONValue {
    CompileConfiguration.Object(className, settled(stepsPerEpoch: 1)).asSchedule
  }
}

import Datasets
import Networks
import Tasks
import Tensors

/// The task that a new head learns, and the columns of the data that are its targets.
struct HeadTask {
  let type: any RegisteredTask.Type
  let targets: [Column]

  /// The task that the head names, or that follows from the targets: those of `outputs`, or else the columns of the
  /// data that no input takes.
  init(_ head: HeadChoice, _ recipe: Recipe, _ data: DataDescription) throws(TrainingError) {
    let named = try head.task.map { (name) throws(TrainingError) in
      do throws(ImportError) { return try TaskRegistry.task(named: name) } catch {
        throw TrainingError(.configuration, "'finetune.head.task': \(error.description)")
      }
    }
    let candidates = try recipe.headTargets(data)
    let type = named ?? TaskRegistry.task(for: candidates)
    guard let type, candidates.contains(where: { $0.kind == type.targetKind }) else {
      let found = candidates.map { "\($0.name) (\($0.kind.rawValue))" }.joined(separator: ", ")
      let wanted = type.map { "of the kind \($0.targetKind.rawValue) for the task \($0.name)" } ?? "to learn"
      throw TrainingError(
        .configuration,
        "'finetune.head': \(data.location) has no column \(wanted)\(found.isEmpty ? "" : ", but \(found)"); "
          + "describe it in 'data.columns'\(type == nil ? "" : ", or choose another task").")
    }
    // Of several columns of one kind, `outputs` says which is meant.
    var targets: [Column] = []
    for kind in type.furtherKinds + [type.targetKind] {
      let own = candidates.filter { $0.kind == kind }
      guard own.count < 2 else {
        throw TrainingError(
          .configuration,
          "'finetune.head': the columns \(own.map { $0.name }.joined(separator: ", ")) of \(data.location) may all be "
            + "meant; say with 'outputs' which one is learnt, such as 'outputs: {NAME: {target: \(own[0].name)}}'.")
      }
      targets += own
    }
    (self.type, self.targets) = (type, targets)
  }

  /// Whether classes of whole samples are told apart.
  var learnsClasses: Bool { targets.contains { $0.kind.isLabel } }

  /// The head behind features, with the names of its outputs.
  ///
  /// - Parameter classes: that a column tells apart, where it does; nil where nothing says it.
  func graph(
    _ head: HeadChoice, behind features: Graph.Value, of graph: Graph, classes: (Column) -> Int?
  ) throws(TrainingError) -> TaskGraph {
    let targets = targets.map { HeadTarget($0, classes: classes($0)) }
    do { return try type.graph(head, behind: features, of: graph, for: targets) } catch {
      throw TrainingError(.configuration, "'finetune.head': \(error.description)")
    }
  }

  /// Refuses keys of the head that mean nothing to the task.
  func requireKeys(of head: HeadChoice) throws(TrainingError) {
    let standard = HeadChoice()
    let given: [(key: String, isGiven: Bool)] = [
      ("decoder", head.decoder != nil), ("pooling", head.pooling != standard.pooling),
      ("dense", !head.dense.isEmpty), ("dropout", head.dropout != 0), ("outputs", head.outputs != standard.outputs),
      ("classes", head.classes != nil),
    ]
    let keys = type.headKeys + (targets.contains { $0.kind.hasClasses } ? ["classes"] : [])
    guard let foreign = given.first(where: { $0.isGiven && !keys.contains($0.key) }) else { return }
    throw TrainingError(
      .configuration,
      "'finetune.head.\(foreign.key)' means nothing to the task \(type.name) of the head; remove it, or choose another "
        + "'finetune.head.task'.")
  }
}

extension Recipe {
  /// The columns that a head may learn: the targets of `outputs`, or else whatever no input takes.
  fileprivate func headTargets(_ data: DataDescription) throws(TrainingError) -> [Column] {
    guard !outputs.isEmpty else { return learnable(data, beside: inputs.values) }
    var targets: [Column] = []
    for (name, output) in outputs.sorted(by: { $0.key < $1.key }) {
      guard let column = data.column(ofTarget: output.target) else {
        throw TrainingError(
          .configuration,
          "'outputs.\(name).target': \(data.location) has no column '\(output.target ?? "label")'"
            + data.suggestion(for: output.target ?? "label"))
      }
      if !targets.contains(column) { targets.append(column) }
    }
    return targets
  }
}

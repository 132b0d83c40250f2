import Datasets
import Kernels
import Networks
import Tasks
import Tensors

/// The task that a new head learns, and the columns of the data that are its targets.
struct HeadTask {
  let type: any LearningTask.Type
  let targets: [Column]

  /// Tasks by the kinds of their targets, the more special ones first.
  private static let kinds: [(type: any LearningTask.Type, needs: Column.Kind, takes: [Column.Kind])] = [
    (Localisation.self, .boxes, [.boxes, .category]), (Classification.self, .category, [.category]),
    (MultiLabel.self, .categories, [.categories]), (Segmentation.self, .mask, [.mask]),
    (Regression.self, .numbers, [.numbers]),
  ]

  /// The task that the head names, or that follows from the targets: those of `outputs`, or else the columns of the
  /// data that no input takes.
  init(_ head: HeadChoice, _ recipe: Recipe, _ data: DataDescription) throws(TrainingError) {
    let named = try head.task.map { (name) throws(TrainingError) in
      do throws(ImportError) { return try TaskRegistry.task(named: name) } catch {
        throw TrainingError(.configuration, "'finetune.head.task': \(error.description)")
      }
    }
    let candidates = try recipe.headTargets(data)
    let rule = HeadTask.kinds.first { rule in
      named.map { $0 == rule.type } ?? candidates.contains { $0.kind == rule.needs }
    }
    guard let rule, candidates.contains(where: { $0.kind == rule.needs }) else {
      let found = candidates.map { "\($0.name) (\($0.kind.rawValue))" }.joined(separator: ", ")
      let wanted = rule.map { "of the kind \($0.needs.rawValue) for the task \($0.type.name)" } ?? "to learn"
      throw TrainingError(
        .configuration,
        "'finetune.head': \(data.location) has no column \(wanted)\(found.isEmpty ? "" : ", but \(found)"); "
          + "describe it in 'data.columns'\(rule == nil ? "" : ", or choose another task").")
    }
    // Of several columns of one kind, `outputs` says which is meant.
    var targets: [Column] = []
    for kind in rule.takes {
      let own = candidates.filter { $0.kind == kind }
      guard own.count < 2 else {
        throw TrainingError(
          .configuration,
          "'finetune.head': the columns \(own.map { $0.name }.joined(separator: ", ")) of \(data.location) may all be "
            + "meant; say with 'outputs' which one is learnt, such as 'outputs: {NAME: {target: \(own[0].name)}}'.")
      }
      targets += own
    }
    (type, self.targets) = (rule.type, targets)
  }

  /// Whether classes of whole samples are told apart.
  var learnsClasses: Bool { targets.contains { $0.kind == .category || $0.kind == .categories } }

  /// The head behind features, with the names of its outputs.
  ///
  /// - Parameter classes: that a column tells apart, where it does; nil where nothing says it.
  func graph(
    _ head: HeadChoice, behind features: Graph.Value, of graph: Graph, classes: (Column) -> Int?
  ) throws(TrainingError) -> TaskGraph {
    do throws(ShapeError) {
      switch type {
      case is Segmentation.Type:
        return try graph.segmenting(
          behind: features, classes: count(head, classes, of: targets[0]), by: head.decoder ?? .unet)
      case is Localisation.Type:
        let layers = head.layers(behind: graph.shape(features))
        guard targets.count == 1 else {
          let label = targets.first { $0.kind == .category }!
          return try graph.localizing(behind: features, classes: count(head, classes, of: label), layers: layers)
        }
        return try graph.chaining(
          behind: features, layers + [(Dense(4, activation: .sigmoid), "box_output")])
      case is Regression.Type:
        return try graph.chaining(
          behind: features,
          head.layers(behind: graph.shape(features)) + [(Dense(targets[0].shape.count), "predictions")])
      default:
        let layer = head.classifier(
          try count(head, classes, of: targets[0]), isMultiLabel: type is MultiLabel.Type)
        return try graph.chaining(
          behind: features, head.layers(behind: graph.shape(features)) + [(layer, "predictions")])
      }
    } catch {
      throw TrainingError(.configuration, "'finetune.head': \(error.description)")
    }
  }

  /// The classes that a head tells apart: as many as it says, or as its target has.
  private func count(
    _ head: HeadChoice, _ classes: (Column) -> Int?, of target: Column
  ) throws(ShapeError) -> Int {
    let known = classes(target)
    guard let count = head.classes ?? known else {
      throw ShapeError(
        "nothing says how many classes '\(target.name)' has; give 'finetune.head.classes', or "
          + "'data.columns.\(target.name).classNames'.")
    }
    guard count >= known ?? 0 else {
      throw ShapeError("'finetune.head.classes' is \(count), but '\(target.name)' has \(known!) classes; leave it out.")
    }
    return count
  }

  /// Refuses keys of the head that mean nothing to the task.
  func requireKeys(of head: HeadChoice) throws(TrainingError) {
    let standard = HeadChoice()
    let isMap = type is Segmentation.Type
    let isClassifier = type is Classification.Type || type is MultiLabel.Type
    let given: [(key: String, isGiven: Bool, isMeant: Bool)] = [
      ("decoder", head.decoder != nil, isMap), ("pooling", head.pooling != standard.pooling, !isMap),
      ("dense", !head.dense.isEmpty, !isMap), ("dropout", head.dropout != 0, !isMap),
      ("outputs", head.outputs != standard.outputs, isClassifier),
      ("classes", head.classes != nil, isMap || learnsClasses),
    ]
    guard let foreign = given.first(where: { $0.isGiven && !$0.isMeant }) else { return }
    throw TrainingError(
      .configuration,
      "'finetune.head.\(foreign.key)' means nothing to the task \(type.name) of the head; remove it, or choose another "
        + "'finetune.head.task'.")
  }
}

extension Recipe {
  /// The columns that a head may learn: the targets of `outputs`, or else whatever no input takes.
  fileprivate func headTargets(_ data: DataDescription) throws(TrainingError) -> [Column] {
    guard !outputs.isEmpty else {
      return data.columns.filter { ![.image, .weight].contains($0.kind) && !inputs.values.contains($0.name) }
    }
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

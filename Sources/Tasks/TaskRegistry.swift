public import Datasets
public import Networks
import Tensors

/// Every task, the more special ones first.
public enum TaskRegistry {
  static let tasks: [any RegisteredTask.Type] = [
    Localisation.self, Classification.self, MultiLabel.self, Segmentation.self, Counting.self,
    Regression.self,
  ]

  public static let names = tasks.map { $0.name }.sorted()

  /// The task that outputs and targets are of together, or else each by itself; nil where none suits them.
  ///
  /// - Parameter name: of the task, where one is chosen.
  public static func task(_ outputs: [TaskOutput], named name: String? = nil) -> (any LearningTask)? {
    for task in tasks where !task.isOnlyByName || task.name == name {
      if let task = task.init(outputs) { return task }
    }
    return outputs.count > 1 ? SeveralTasks(outputs) : nil
  }

  /// The task that data with such columns is usually for.
  public static func task(for columns: [Column]) -> (any RegisteredTask.Type)? {
    tasks.first { task in !task.isOnlyByName && columns.contains { $0.kind == task.targetKind } }
  }

  /// The kinds of columns that outputs of such forms usually learn, together or else each by itself; numbers where none
  /// of the tasks knows an output.
  public static func usualKinds(of outputs: [OutputForm]) -> [Column.Kind] {
    if let task = tasks.first(where: { $0.isUsual(for: outputs) }) { return task.kinds(of: outputs) }
    return outputs.count > 1 ? outputs.flatMap { usualKinds(of: [$0]) } : [.numbers]
  }

  public static func task(named name: String) throws(ImportError) -> any RegisteredTask.Type {
    if let task = tasks.first(where: { $0.name == name }) { return task }
    throw ImportError("there is no task '\(name)'\(names.suggestion(for: name))")
  }
}

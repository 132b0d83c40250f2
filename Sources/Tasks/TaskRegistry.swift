public import Networks
import Tensors

/// Every task, the more special ones first.
public enum TaskRegistry {
  static let tasks: [any LearningTask.Type] = [
    Localisation.self, Segmentation.self, MultiLabel.self, Classification.self, Regression.self,
  ]

  public static let names = tasks.map { $0.name }.sorted()

  /// The task that outputs and targets are of together, or else each by itself; nil where none suits them.
  public static func task(_ outputs: [TaskOutput]) -> (any LearningTask)? {
    for task in tasks {
      if let task = task.init(outputs) { return task }
    }
    return outputs.count > 1 ? SeveralTasks(outputs) : nil
  }

  public static func task(named name: String) throws(ImportError) -> any LearningTask.Type {
    if let task = tasks.first(where: { $0.name == name }) { return task }
    throw ImportError("there is no task '\(name)'\(names.suggestion(for: name))")
  }
}

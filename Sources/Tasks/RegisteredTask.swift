public import Datasets
public import Networks

/// A task that has a name: which columns of data it learns, the outputs that it gives a backbone, and how it is known
/// from outputs alone. It is one file in `Tasks/` and one word in `TaskRegistry`.
public protocol RegisteredTask: LearningTask {
  /// As in a configuration: `classification`.
  static var name: String { get }

  /// The kind of the column that makes data one for this task.
  static var targetKind: Column.Kind { get }

  /// Whether only its name chooses it, because columns and outputs of its kinds are usually of another task.
  static var isOnlyByName: Bool { get }

  /// Kinds of columns that the task learns as well where the data has them. Their outputs come first.
  static var furtherKinds: [Column.Kind] { get }

  /// The keys of `finetune.head` that mean something to it, `task` and `classes` apart.
  static var headKeys: [String] { get }

  /// A network with new outputs behind a backbone.
  ///
  /// - Parameters:
  ///   - features: where the backbone ends.
  ///   - targets: of `furtherKinds` those that the data has, then the one of `targetKind`.
  static func graph(
    _ head: HeadChoice, behind features: Graph.Value, of graph: Graph, for targets: [HeadTarget]
  ) throws(ShapeError) -> TaskGraph

  /// Whether outputs of such forms are usually of this task, where a file does not say what they are.
  static func isUsual(for outputs: [OutputForm]) -> Bool

  /// For each output of a model of this task, the kind of the column that it learns.
  static func kinds(of outputs: [OutputForm]) -> [Column.Kind]
}

extension RegisteredTask {
  public static var isOnlyByName: Bool { false }
  public static var furtherKinds: [Column.Kind] { [] }
  public static var headKeys: [String] { ["pooling", "dense", "dropout"] }
  public static func kinds(of outputs: [OutputForm]) -> [Column.Kind] { outputs.map { _ in targetKind } }
}

import Networks

/// A slot that optimizers keep for every trainable variable.
public enum OptimizerSlot: String, Sendable, CaseIterable {
  /// The moving average of the weights (`use_ema`).
  case average
  /// SGD's momentum, and RMSprop's.
  case velocity
  /// The moving mean of the gradient: Adam's first moment, and a centered RMSprop's average gradient.
  case mean
  /// The moving mean of its square: Adam's second moment, and RMSprop's.
  case square
}

/// In which order an optimizer's slots lie in a file.
enum OptimizerOrder: Sendable {
  /// Keras 3, and Keras 2 since 2.11: what Adam keeps of a variable lies side by side.
  case keras2, keras3
  /// Before: one kind after the other.
  case first

  /// The kinds of slots that lie side by side, group behind group; within a group they follow the variables. Nil for an
  /// optimizer whose slots are others than Convoy's.
  ///
  /// - Parameter optimizer: Keras's class and arguments.
  func groups(of optimizer: CompileConfiguration.Object) -> [[OptimizerSlot]]? {
    let arguments = optimizer.arguments
    let momentum = arguments["momentum"]?.asNumber ?? 0
    let own: [[OptimizerSlot]]
    switch optimizer.className.lowercased() {
    // Keras 2 keeps a velocity that nothing moves.
    case "sgd": own = momentum == 0 && self != .keras2 ? [] : [[.velocity]]
    case "adam" where arguments["amsgrad"] != true, "adamw" where arguments["amsgrad"] != true:
      own = self == .first ? [[.mean], [.square]] : [[.mean, .square]]
    case "rmsprop":
      own =
        [[.square]] + (momentum > 0 ? [[.velocity]] : []) + (arguments["centered"] == true ? [[.mean]] : [])
    default: return nil
    }
    return (arguments["use_ema"] == true ? [[.average]] : []) + own
  }
}

extension Graph {
  /// The trainable variables in the order in which Keras's optimizers keep them.
  func optimizedVariables(in table: ParameterTable) -> [ParameterTable.Entry] {
    kerasLayers.flatMap { $0.legacyOrder(in: table) }.filter { $0.parameter.kind == .trainable }
  }
}

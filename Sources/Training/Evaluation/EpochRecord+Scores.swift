extension EpochRecord {
  /// A score by the name that Keras gives it in its history; nil where the epoch has none of that name.
  func score(named name: String) -> Double? {
    switch name {
    case "loss": training.loss
    case "accuracy": training.accuracy
    case "val_loss": validation?.loss
    case "val_accuracy": validation?.accuracy
    default: nil
    }
  }

  /// The names that `score(named:)` knows.
  static let scoreNames = ["loss", "accuracy", "val_loss", "val_accuracy"]
}

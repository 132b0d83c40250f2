extension EpochRecord {
  /// A score by the name that Keras gives it in its history; nil where the epoch has none of that name.
  func score(named name: String) -> Double? {
    name.hasPrefix("val_") ? validation?.value(of: String(name.dropFirst(4))) : training.value(of: name)
  }
}

extension Metrics {
  /// The names of its numbers.
  var names: [String] { ["loss"] + scores.map(\.name) }

  /// Whether a larger number is a better one; nil where there is none of that name.
  func isBetterHigher(_ name: String) -> Bool? {
    name == "loss" ? false : scores.first { $0.name == name }?.isBetterHigher
  }
}

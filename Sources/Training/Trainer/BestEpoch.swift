/// Which epoch of a history is the best: the first one that no later one improves on.
package struct BestEpoch: Sendable {
  private let choice: EarlyStoppingChoice

  /// By validation accuracy where the recipe does not say otherwise, or by the loss where there is no accuracy.
  package init(_ recipe: Recipe?) {
    var standard = EarlyStoppingChoice(patience: .max)
    standard.monitor = "accuracy"
    choice = recipe?.earlyStopping ?? standard
  }

  /// Its position in the history; nil where nothing was measured.
  package func index(in history: [EpochRecord]) -> Int? {
    var best: (index: Int, value: Double)?
    for (index, record) in history.enumerated() {
      guard let metrics = record.monitored else { continue }
      // The larger the better.
      let value = value(of: choice.score, metrics) ?? value(of: "loss", metrics)!
      // Not a number is worse than everything.
      if best.map({ value - choice.minDelta > $0.value }) ?? !value.isNaN { best = (index, value) }
    }
    return best?.index
  }

  private func value(of name: String, _ metrics: Metrics) -> Double? {
    guard let isBetterHigher = metrics.isBetterHigher(name) else { return nil }
    return metrics.value(of: name).map { isBetterHigher ? $0 : -$0 }
  }

  /// Whether as many epochs as the patience have passed without an improvement.
  ///
  /// - Parameter start: the step behind which epochs count.
  package func isOver(_ history: [EpochRecord], since start: Int) -> Bool {
    let first = index(in: history).map { $0 + 1 } ?? 0
    return history.dropFirst(first).count { $0.step > start } >= choice.patience
  }
}

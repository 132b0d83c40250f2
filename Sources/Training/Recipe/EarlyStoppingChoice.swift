/// When a run ends before its time: `{patience: 5, monitor: loss, minDelta: 0, restoreBest: true}`, as Keras's callback
/// has it.
public struct EarlyStoppingChoice: Hashable, Sendable, Codable {
  /// Epochs without an improvement after which the run ends.
  public var patience: Int
  /// The score of the validation data that is looked at: `loss`, `val_loss`, `val_class_output_accuracy`.
  public var monitor = "loss"
  /// What is no more than this better is no improvement.
  public var minDelta = 0.0
  /// Whether the run ends with the weights of its best epoch.
  public var restoreBest = true

  public init(patience: Int) { self.patience = patience }

  /// Without Keras's `val_`.
  var score: String { monitor.hasPrefix("val_") ? String(monitor.dropFirst(4)) : monitor }

  private enum CodingKeys: String, CodingKey { case patience, monitor, minDelta, restoreBest }

  /// Also `5` alone.
  public init(from decoder: any Decoder) throws {
    if let patience = try? decoder.singleValueContainer().decode(Int.self) {
      self.init(patience: patience)
      return
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(patience: try values.decode(Int.self, forKey: .patience))
    try values.update(&monitor, .monitor)
    try values.update(&minDelta, .minDelta)
    try values.update(&restoreBest, .restoreBest)
  }
}

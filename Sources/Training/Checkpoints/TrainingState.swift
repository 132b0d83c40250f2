/// Where a run stands: with weights, optimizer slots and recipe, all that is needed to go on as if nothing had happened.
public struct TrainingState: Hashable, Sendable, Codable {
  /// Updates made.
  public var step = 0
  /// Samples consumed: the cursor into all epochs.
  public var samples = 0
  /// Of the samples consumed in the epoch under way.
  public var epochMetrics = Metrics()
  public var history: [EpochRecord] = []
  public var classNames: [String] = []

  /// Before the first step.
  public init() {}
}

/// What an epoch came to.
public struct EpochRecord: Hashable, Sendable, Codable {
  /// Counted from 1.
  public var epoch: Int
  public var step: Int
  public var training: Metrics
  public var test: Metrics?
  /// The learning rate of the last step.
  public var rate: Double

  public init(epoch: Int, step: Int, training: Metrics, test: Metrics?, rate: Double) {
    (self.epoch, self.step, self.training, self.test, self.rate) = (epoch, step, training, test, rate)
  }
}

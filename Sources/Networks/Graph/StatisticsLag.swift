/// How far what a layer does at inference, with its moving statistics, is from what it does in training, with the
/// batch's.
public struct StatisticsLag: Sendable {
  /// The distance in deviations of the values themselves, in the mean over the channels: 0 where both do the same.
  public let deviations: Double
  /// The share of the moving statistics that a step keeps.
  public let momentum: Double
}

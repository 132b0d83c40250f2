public import Training

extension Metrics {
  /// `loss 0.0421 accuracy 98.60 % (986 of 1000)`
  public var text: String {
    "loss \(Figures.loss(loss)) accuracy \(Figures.percent(accuracy)) (\(correct) of \(samples))"
  }
}

/// Times steps.
struct StepClock {
  private(set) var metrics = StepMetrics()
  private(set) var rate: Float = 0
  /// Of the last step.
  private(set) var stepSeconds = 0.0
  private(set) var exposedSeconds = 0.0
  private var start = ContinuousClock.now
  private var exposedBefore = 0.0
  private var samples = 0
  private var seconds = 0.0
  // Of the epoch under way: in steps, and waiting for data between them.
  private var epochSeconds = 0.0
  private var loadingSeconds = 0.0
  // Of the stage under way.
  private var stageSteps = 0
  private var stageSeconds = 0.0

  /// Samples of all steps over the time that they took.
  var imagesPerSecond: Double { seconds > 0 ? Double(samples) / seconds : 0 }

  /// The mean of the steps of this stage, in a word; nil before any.
  var stageMilliseconds: String? {
    guard stageSteps > 0 else { return nil }
    let tenths = Int((stageSeconds / Double(stageSteps) * 1e4).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// The share of the epoch in which this rank waited for data, 0 to 1, and the seconds of steps and of waiting.
  var loading: (share: Double, seconds: Double) {
    let all = epochSeconds + loadingSeconds
    return (all > 0 ? loadingSeconds / all : 0, all)
  }

  mutating func beginEpoch() { (epochSeconds, loadingSeconds) = (0, 0) }

  /// Adds a wait for data.
  mutating func waited(_ seconds: Double) { loadingSeconds += seconds }

  mutating func beginStage() { (stageSteps, stageSeconds) = (0, 0) }

  mutating func begin(exposed: Double) { (start, exposedBefore) = (.now, exposed) }

  mutating func end(_ metrics: StepMetrics, rate: Float, exposed: Double) {
    (self.metrics, self.rate) = (metrics, rate)
    stepSeconds = start.seconds
    exposedSeconds = exposed - exposedBefore
    samples += metrics.samples
    seconds += stepSeconds
    epochSeconds += stepSeconds
    stageSteps += 1
    stageSeconds += stepSeconds
  }
}

extension ContinuousClock.Instant {
  /// Seconds since this instant.
  var seconds: Double {
    let elapsed = ContinuousClock.now - self
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
  }
}

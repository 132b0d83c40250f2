/// Where a run stands: with weights, optimizer slots and recipe, all that is needed to go on as if nothing had
/// happened.
public struct TrainingState: Hashable, Sendable, Codable {
  /// Updates made.
  public var step = 0
  /// Samples consumed: the cursor into all epochs.
  public var samples = 0
  /// Of the samples consumed in the epoch under way.
  public var epochMetrics = Metrics()
  public var history: [EpochRecord] = []
  public var classNames: [String] = []
  /// The target of each output; nil in checkpoints of earlier versions.
  public var targets: [TargetNote]?
  /// Of test data that is looked at only once the training is over; nil before.
  public var test: Metrics?
  /// Steps whose numbers were not finite and that changed nothing (`onNonFinite: skip`).
  public var skipped = 0

  /// Whether the run was over before its last step (`earlyStopping`).
  public var isStopped = false
  /// The epoch, counted from 1, whose weights the run ended with where they are not those of its last step.
  public var restoredEpoch: Int?

  /// What was trained on, and what was measured on after every epoch; nil in checkpoints of earlier versions.
  public var trainingData: DataDigest?
  public var monitoredData: DataDigest?
  /// Steps made beyond those that as many epochs take with the data of now; below 0 where they are fewer. Other than 0
  /// where the data was changed on the way.
  public var stepOffset = 0

  /// Steps that the epochs so far take with the data of now: where the run stands in its stages.
  public var stageStep: Int { step - stepOffset }

  /// Before the first step.
  public init() {}
}

extension TrainingState {
  /// Checkpoints of earlier versions do not know of skipped steps and of data.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    step = try values.decode(Int.self, forKey: .step)
    samples = try values.decode(Int.self, forKey: .samples)
    epochMetrics = try values.decode(Metrics.self, forKey: .epochMetrics)
    history = try values.decode([EpochRecord].self, forKey: .history)
    classNames = try values.decode([String].self, forKey: .classNames)
    targets = try values.decodeIfPresent([TargetNote].self, forKey: .targets)
    isStopped = try values.decodeIfPresent(Bool.self, forKey: .isStopped) ?? false
    restoredEpoch = try values.decodeIfPresent(Int.self, forKey: .restoredEpoch)
    test = try values.decodeIfPresent(Metrics.self, forKey: .test)
    skipped = try values.decodeIfPresent(Int.self, forKey: .skipped) ?? 0
    trainingData = try values.decodeIfPresent(DataDigest.self, forKey: .trainingData)
    monitoredData = try values.decodeIfPresent(DataDigest.self, forKey: .monitoredData)
    stepOffset = try values.decodeIfPresent(Int.self, forKey: .stepOffset) ?? 0
  }
}

/// The result of an epoch.
public struct EpochRecord: Hashable, Sendable, Codable {
  /// Counted from 1.
  public var epoch: Int
  public var step: Int
  public var training: Metrics
  public var validation: Metrics?
  /// Only where there is no validation data.
  public var test: Metrics?
  /// The learning rate of the last step.
  public var rate: Double

  /// What epochs are compared by: validation data, or test data where there is no other.
  public var monitored: Metrics? { validation ?? test }

  public init(epoch: Int, step: Int, training: Metrics, validation: Metrics? = nil, test: Metrics?, rate: Double) {
    (self.epoch, self.step, self.training, self.rate) = (epoch, step, training, rate)
    (self.validation, self.test) = (validation, test)
  }
}

extension Recipe {
  /// Throws at the first value that is impossible, naming its key.
  public func validate() throws(TrainingError) {
    try check(batch > 0, "batch", batch, "must be at least 1")
    try check(shards > 0, "shards", shards, "must be at least 1")
    try check(batch % shards == 0, "batch", batch, "must be a multiple of 'shards' (\(shards))")
    try check(epochs > 0, "epochs", epochs, "must be at least 1")
    try check(optimizer.baseRate.isFinite && optimizer.baseRate >= 0, "optimizer.rate", optimizer.baseRate, "must be 0 or more")
    try check((0..<1).contains(optimizer.momentum), "optimizer.momentum", optimizer.momentum, "must be at least 0 and below 1")
    try check(!optimizer.nesterov || optimizer.momentum > 0, "optimizer.nesterov", "true", "needs a momentum above 0")
    let decay = optimizer.weightDecay ?? 0
    try check(decay.isFinite && decay >= 0, "optimizer.weightDecay", decay, "must be 0 or more")
    try check((0..<1).contains(optimizer.beta1), "optimizer.beta1", optimizer.beta1, "must be at least 0 and below 1")
    try check((0..<1).contains(optimizer.beta2), "optimizer.beta2", optimizer.beta2, "must be at least 0 and below 1")
    try check(optimizer.epsilon.isFinite && optimizer.epsilon > 0, "optimizer.epsilon", optimizer.epsilon, "must be above 0")
    try check(schedule.factor.isFinite && schedule.factor > 0, "schedule.factor", schedule.factor, "must be above 0")
    try check(checkpoint.every.steps(perEpoch: 1) > 0, "checkpoint.every", checkpoint.every, "must be at least 1")
    try check(checkpoint.keep.last > 0, "checkpoint.keep.last", checkpoint.keep.last, "must be at least 1")
    try check((0...1).contains(checkpoint.keep.best), "checkpoint.keep.best", checkpoint.keep.best, "must be 0 or 1")
    if case .fixed(let count) = threads { try check(count > 0, "threads", count, "must be 'auto' or at least 1") }
  }

  private func check(_ isRight: Bool, _ key: String, _ value: Any, _ rule: String) throws(TrainingError) {
    guard isRight else { throw TrainingError(.configuration, "'\(key)' is \(value), but \(rule).") }
  }
}

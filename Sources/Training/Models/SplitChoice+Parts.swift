import Datasets

extension DataChoice {
  /// As many samples as `limit` says, every class in the same proportions, rounded.
  func limited(_ source: any DataSource) throws(TrainingError) -> any DataSource {
    guard let limit, limit < source.count else { return source }
    let share = Double(limit) / Double(source.count)
    let chosen = StratifiedSplit(source, shares: [share], seed: 0).parts[0]
    guard Set(chosen.map { source.label(at: Int($0)) }) == Set((0..<source.count).map(source.label)) else {
      throw TrainingError(
        .data, "'data.limit' leaves a class of \(source.location) without samples; allow more than \(limit).")
    }
    return SubsetSource(source, named: "limited", indices: chosen)
  }
}

extension SplitChoice {
  func parts(
    of source: any DataSource
  ) throws(TrainingError) -> (train: any DataSource, validation: (any DataSource)?, test: (any DataSource)?) {
    var shares = [("validation", validation?.value), ("test", test?.value)].filter { $0.1 != nil }
    if let folds {
      let fold = (1 - (test?.value ?? 0)) / Double(folds)
      shares += Array(repeating: ("folds", fold), count: folds - 1)
    }
    var parts = indices(of: source, shares: shares.map { $0.1! })
    for ((name, _), part) in zip(shares, parts) where part.isEmpty { throw lack(of: name, in: source) }

    let validated = validation.map { _ in parts.removeFirst() }
    let tested = test.map { _ in parts.removeFirst() }
    let fold = fold.map { parts.remove(at: $0) }
    let trained = parts.joined().sorted()
    guard Set(trained.map { source.label(at: Int($0)) }) == Set((0..<source.count).map(source.label)) else {
      throw TrainingError(
        .data,
        "'data.split' leaves a class of \(source.location) without samples to train on; give "
          + "\(folds == nil ? "smaller shares" : "every class more samples, or take other folds").")
    }
    func subset(_ indices: [UInt32], _ name: String) -> any DataSource {
      SubsetSource(source, named: name, indices: indices)
    }
    return (
      subset(trained, "train"),
      validated.map { subset($0, "validation") } ?? fold.map { subset($0, "fold \(self.fold!) of \(folds!)") },
      tested.map { subset($0, "test") }
    )
  }

  /// Positions in the source, in order: one list for each share, then the rest.
  private func indices(of source: any DataSource, shares: [Double]) -> [[UInt32]] {
    let seed = UInt64(bitPattern: Int64(seed))
    return group == nil
      ? StratifiedSplit(source, shares: shares, seed: seed).parts
      : GroupedSplit(source, shares: shares, seed: seed).parts
  }

  private func lack(of name: String, in source: any DataSource) -> TrainingError {
    guard let share = name == "validation" ? validation : name == "test" ? test : nil else {
      return TrainingError(
        .data,
        "'data.split.folds': \(source.location) has too few \(group.map { "groups of '\($0)'" } ?? "samples") for "
          + "\(folds!) parts; take fewer.")
    }
    let what =
      group.map { "no group of '\($0)' in \(source.location) is as small as \(share)" }
      ?? "\(share) of the samples of every class of \(source.location) are none"
    return TrainingError(.data, "'data.split.\(name)': \(what); give a larger share.")
  }
}

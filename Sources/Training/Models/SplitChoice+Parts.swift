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
    if let folds { return try foldedParts(of: source, folds) }
    let shares = [("validation", validation), ("test", test)].filter { $0.1 != nil }
    let split = split(source, shares.map { $0.1!.value })
    var parts: [String: any DataSource] = [:]
    for ((name, share), indices) in zip(shares, split) {
      guard !indices.isEmpty else {
        let what =
          group.map { "no group of '\($0)' in \(source.location) is as small as \(share!)" }
          ?? "\(share!) of the samples of every class of \(source.location) are none"
        throw TrainingError(.data, "'data.split.\(name)': \(what); give a larger share.")
      }
      parts[name] = SubsetSource(source, named: name, indices: indices)
    }
    let rest = split.last!
    guard Set(rest.map { source.label(at: Int($0)) }) == Set((0..<source.count).map(source.label)) else {
      throw TrainingError(
        .data, "'data.split' leaves a class of \(source.location) without samples to train on; give smaller shares.")
    }
    return (SubsetSource(source, named: "train", indices: rest), parts["validation"], parts["test"])
  }

  private func split(_ source: any DataSource, _ shares: [Double]) -> [[UInt32]] {
    let seed = UInt64(bitPattern: Int64(seed))
    return group == nil
      ? StratifiedSplit(source, shares: shares, seed: seed).parts
      : GroupedSplit(source, shares: shares, seed: seed).parts
  }

  private func foldedParts(
    of source: any DataSource, _ folds: Int
  ) throws(TrainingError) -> (train: any DataSource, validation: (any DataSource)?, test: (any DataSource)?) {
    let share = (1 - (test?.value ?? 0)) / Double(folds)
    var parts = split(source, (test.map { [$0.value] } ?? []) + Array(repeating: share, count: folds - 1))
    let tested = test == nil ? nil : parts.removeFirst()
    guard parts.allSatisfy({ !$0.isEmpty }), tested?.isEmpty != true else {
      throw TrainingError(
        .data, "'data.split.folds': \(source.location) has too few samples for \(folds) parts; take fewer.")
    }
    let validated = parts.remove(at: fold!)
    return (
      SubsetSource(source, named: "train", indices: parts.joined().sorted()),
      SubsetSource(source, named: "fold \(fold!) of \(folds)", indices: validated),
      tested.map { SubsetSource(source, named: "test", indices: $0) }
    )
  }
}

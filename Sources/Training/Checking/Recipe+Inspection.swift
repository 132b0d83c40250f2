import Datasets

extension Recipe {
  /// Whether classes count differently in some loss.
  var weighsClasses: Bool { classWeights != .equal || outputs.values.contains { $0.classWeights != .equal } }

  /// A sentence about groups that are in two splits, where groups are asked for and a split is in a file of its own.
  /// Parts of one file are cut so that no group is in two of them.
  func groupNotice() throws(TrainingError) -> String? {
    guard data.split?.group != nil, data.validation != nil || data.test != nil else { return nil }
    let faults = SplitFindings.groups(between: try DataCheck(self).surveys)
    guard let first = faults.first else { return nil }
    let more = faults.count > 1 ? " and \(faults.count - 1) more" : ""
    return "groups of '\(data.split!.group!)' are in two splits: \(first.detail)\(more); what is trained on measures "
      + "nothing."
  }
}

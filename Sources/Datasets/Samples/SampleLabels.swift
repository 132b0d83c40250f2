/// The labels of all samples of a source: one class for each, or several labels (multi-label).
struct SampleLabels: Sendable {
  /// Labels of each sample of multi-label data; nil for classes.
  let perSample: Int?
  /// Class numbers, or 0 and 1 for each label, sample after sample.
  private let values: [Int32]

  init(_ values: [Int32], perSample: Int? = nil) {
    precondition(values.count % (perSample ?? 1) == 0)
    (self.values, self.perSample) = (values, perSample)
  }

  /// Samples.
  var count: Int { values.count / (perSample ?? 1) }

  var bytes: Int { values.count * MemoryLayout<Int32>.stride }

  func label(at index: Int) -> Int {
    guard let perSample else { return Int(values[index]) }
    return (0..<perSample).first { values[index * perSample + $0] == 1 } ?? 0
  }

  func has(_ label: Int, at index: Int) -> Bool {
    perSample.map { values[index * $0 + label] == 1 } ?? (label == Int(values[index]))
  }
}

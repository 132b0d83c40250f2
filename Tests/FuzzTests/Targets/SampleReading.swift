import Datasets

/// The work of training on a data set, in memory and sample by sample.
enum SampleReading {
  static func read(_ location: String) {
    for limit in [0, 1 << 26] {
      guard let source = try? openSource(location, SourceOptions(memoryLimit: limit)), source.sampleSize <= 1 << 24
      else {
        continue
      }
      var sample = Sample(source.columns)
      for index in 0..<min(source.count, 4) {
        precondition(source.label(at: index) >= 0)
        try? source.read(index, epoch: 0, .all, into: &sample)
      }
    }
  }
}

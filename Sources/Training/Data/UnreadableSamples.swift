import Datasets

/// Samples of some data that cannot be read.
package struct UnreadableSamples: Hashable, Sendable, Codable {
  /// A sample, and what is wrong with it.
  struct Sample: Hashable, Sendable, Codable {
    let index: Int
    let problem: String
  }

  private(set) var samples: [Sample] = []
  /// Of the data, these included.
  let count: Int

  /// Samples that a sentence names.
  private static let shown = 5

  init(_ samples: [Sample], of count: Int) { (self.samples, self.count) = (samples, count) }

  /// The others.
  func rest(of source: any DataSource) -> any DataSource {
    guard !samples.isEmpty else { return source }
    let bad = Set(samples.map(\.index))
    return SubsetSource(
      source, named: "without \(samples.count) that cannot be read",
      indices: (0..<source.count).filter { !bad.contains($0) }.map { UInt32($0) })
  }

  /// A sentence for a person; nil where all can be read.
  ///
  /// - Parameter list: a file that names them all.
  func notice(_ location: String, list: String) -> String? {
    guard !samples.isEmpty else { return nil }
    let shown = samples.prefix(UnreadableSamples.shown).map(\.problem).joined(separator: "; ")
    let more = samples.count > UnreadableSamples.shown ? "; all of them are in \(list)" : ""
    return "\(location): \(samples.count) of \(count) samples cannot be read and are left out (onBadSample: skip): "
      + "\(shown)\(more)"
  }
}

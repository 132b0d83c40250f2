public import Datasets
import Foundation

/// All that a check of data has found.
public struct DataCheckResult: Sendable, Codable {
  public let splits: [SplitSummary]
  /// Errors first.
  public let findings: [DataFinding]

  public func count(_ severity: FindingKind.Severity) -> Int { findings.count { $0.severity == severity } }
}

/// The contents of a split of the data.
public struct SplitSummary: Sendable, Codable {
  public let name: String
  public let location: String
  public let samples: Int
  /// Samples of each class; empty where there are no classes.
  public let classes: [ClassCount]
  /// Images of each size, the most frequent first.
  public let sizes: [ValueCount]
  /// Images of each number of channels and depth, the most frequent first.
  public let formats: [ValueCount]
  /// Of each channel, of the numbers as they are stored.
  public let means: [Double]
  public let deviations: [Double]
  /// Pixels of each class of the masks.
  public let maskPixels: [Int]

  public struct ClassCount: Sendable, Codable {
    public let name: String
    public let samples: Int
  }

  public struct ValueCount: Sendable, Codable {
    public let value: String
    public let images: Int
  }

  init(_ survey: Survey, _ facts: [SampleFacts]) {
    (name, location, samples) = (survey.split, survey.location, survey.count)
    classes = survey.classCounts.map { ClassCount(name: $0.name, samples: $0.count) }
    let images = facts.compactMap(\.image)
    sizes = SplitSummary.counts(images.map { "\($0.height)x\($0.width)" })
    formats = SplitSummary.counts(
      images.map { image in
        let channels = image.channels == 1 ? "grey" : image.channels == 3 ? "colours" : "\(image.channels) channels"
        return "\(channels), \(image.depth)"
      })
    let moments = Moments.ofChannels(facts)
    (means, deviations) = (moments.map(\.mean), moments.map(\.deviation))
    var pixels: [Int] = []
    for own in facts.map(\.maskPixels) {
      pixels += Array(repeating: 0, count: max(0, own.count - pixels.count))
      for (number, count) in own.enumerated() { pixels[number] += count }
    }
    maskPixels = pixels
  }

  private static func counts(_ values: [String]) -> [ValueCount] {
    Dictionary(grouping: values) { $0 }.map { ValueCount(value: $0.key, images: $0.value.count) }
      .sorted { ($1.images, $0.value) < ($0.images, $1.value) }
  }
}

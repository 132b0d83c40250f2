import Foundation
import Testing

/// Helpers of tests that disturb a run of training.
extension ConvoyProcess {
  /// `convoy train a.yaml --output run`
  static let training = ["train", "a.yaml", "--output", "run"]

  /// A folder with a configuration `a.yaml` that saves a checkpoint every fifth of its 40 steps in an epoch.
  static func forTraining(epochs: Int) throws -> ConvoyProcess {
    let convoy = try ConvoyProcess()
    try convoy.write(
      "a.yaml",
      """
      model: {input: [28, 28, 1], layers: [Flatten, BatchNormalization, Dense: {units: 10, activation: softmax}]}
      data: {train: "\(root.path)/data/digits.h5:/train"}
      batch: 100
      shards: 4
      epochs: \(epochs)
      threads: 1
      checkpoint: {every: 5, keep: {last: 2}}

      """)
    return convoy
  }

  func waitForCheckpoint() throws {
    let end = Date(timeIntervalSinceNow: 60)
    while !exists("run/last.h5") {
      try #require(Date() < end, "no checkpoint within a minute")
      usleep(5000)
    }
  }
}

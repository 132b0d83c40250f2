import Datasets
import Foundation
import Training

/// Writes which samples a rank trained on: a line for each step, with the number of the step and the samples' ids.
/// Tests of the product count them.
struct SampleLog: Callback {
  private let file: FileHandle

  init(path: String) throws {
    try Data().write(to: URL(fileURLWithPath: path))
    file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) throws -> Directive {
    guard case .step = event, let batch = report.batch else { return .goOn }
    let samples = batch.shards.flatMap { $0.samples.prefix($0.liveCount) }
    try file.write(contentsOf: Data("\(report.state.step) \(samples.map(String.init).joined(separator: " "))\n".utf8))
    return .goOn
  }
}

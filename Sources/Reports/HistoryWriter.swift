import Foundation
public import Training

/// Keeps `history.jsonl`: a line of JSON for every epoch, and for every so many steps between.
public struct HistoryWriter: Callback {
  private let path: String
  private let interval: Int
  private let warn: (String) -> Void
  private var isFailing = false
  private var metrics = Metrics()

  /// - Parameters:
  ///   - path: the file; a new run begins it anew, a resumed one goes on behind the step it resumes from.
  ///   - interval: steps from one line to the next.
  ///   - warn: says that lines cannot be written, such as on a full disk; the run goes on without them.
  public init(path: String, interval: Int = 50, warn: @escaping (String) -> Void = { _ in }) {
    precondition(interval > 0)
    (self.path, self.interval, self.warn) = (path, interval, warn)
  }

  public mutating func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) throws -> Directive {
    switch event {
    case .began:
      metrics = report.state.epochMetrics.cleared
      try begin(after: report.state.step)
    case .step:
      metrics += report.metrics
      guard report.state.step % interval == 0 else { break }
      append(record(.steps, metrics, report))
      metrics = metrics.cleared
    case .epoch(let epoch):
      var record = record(.epoch, epoch.training, report)
      record.loadingShare = report.loadingShare
      (record.validationLoss, record.validationAccuracy) = (epoch.validation?.loss, epoch.validation?.accuracy)
      (record.testLoss, record.testAccuracy) = (epoch.test?.loss, epoch.test?.accuracy)
      record.add(epoch.validation, prefix: "val_")
      record.add(epoch.test, prefix: "test_")
      append(record)
    case .ended:
      guard let test = report.state.test, let epoch = report.state.history.last else { break }
      var record = record(.end, epoch.training, report)
      (record.testLoss, record.testAccuracy) = (test.loss, test.accuracy)
      record.add(test, prefix: "test_")
      append(record)
    case .saved, .notSaved, .noticed: break
    }
    return .goOn
  }

  private func record(_ kind: HistoryRecord.Kind, _ metrics: Metrics, _ report: borrowing TrainingReport)
    -> HistoryRecord
  {
    let step = report.state.step
    var record = HistoryRecord(
      kind: kind, epoch: report.epoch, step: step, samples: report.state.samples,
      loss: metrics.loss, accuracy: metrics.accuracy, rate: Float(report.rate), imagesPerSecond: report.imagesPerSecond,
      stepMilliseconds: report.stepSeconds * 1e3, exposedMilliseconds: report.exposedSeconds * 1e3)
    record.add(metrics)
    return record
  }

  /// Drops what was written behind the checkpoint that the run goes on from.
  private func begin(after step: Int) throws {
    var kept = ""
    if step > 0, FileManager.default.fileExists(atPath: path) {
      for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
        guard let record = try? JSONDecoder.ofNumbers.decode(HistoryRecord.self, from: Data(line.utf8)),
          record.step <= step
        else { break }
        kept += "\(line)\n"
      }
    }
    try kept.write(toFile: path, atomically: true, encoding: .utf8)
  }

  private mutating func append(_ record: HistoryRecord) {
    do {
      let line = try JSONEncoder.ofNumbers.encode(record) + Data("\n".utf8)
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      defer { try? file.close() }
      let end = try file.seekToEnd()
      do {
        try file.write(contentsOf: line)
      } catch {
        // Half a line would spoil the ones behind it.
        try? file.truncate(atOffset: end)
        throw error
      }
      isFailing = false
    } catch {
      if !isFailing {
        warn("\(path) cannot be written (\(error.localizedDescription)); training goes on without its lines.")
      }
      isFailing = true
    }
  }
}

import Foundation
public import Training

/// Tells a person how a run goes: one line that is rewritten where the output is a terminal, plain lines otherwise.
public struct ProgressReporter: Callback {
  /// The columns of the terminal whose line is rewritten, looked up each time, for windows change; nil where there is
  /// none.
  private let columns: (() -> Int)?
  private var isTerminal: Bool { columns != nil }
  private let write: (String) -> Void
  private let now: () -> Double
  private let interval: Double
  private var beganAt = 0.0
  private var firstStep = 0
  private var shownAt = 0.0
  private var isLineOpen = false

  /// - Parameters:
  ///   - columns: of the terminal, which may change; nil writes plain lines.
  ///   - now: seconds on a clock that does not jump.
  ///   - write: puts text out at once.
  public init(
    columns: (() -> Int)? = nil, now: @escaping () -> Double = ProgressReporter.uptime,
    write: @escaping (String) -> Void
  ) {
    (self.columns, self.now, self.write) = (columns, now, write)
    // A log grows by a line every few seconds at most; a terminal line may move ten times a second.
    interval = columns == nil ? 5 : 0.1
  }

  public static func uptime() -> Double { ProcessInfo.processInfo.systemUptime }

  public mutating func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
    switch event {
    case .began:
      (beganAt, shownAt, firstStep) = (now(), now(), report.state.step)
      put(opening(report))
    case .step:
      guard now() - shownAt >= interval else { break }
      shownAt = now()
      if let columns {
        // A line that wraps is not rewritten but left behind; behind the last column a terminal may wrap as well.
        write("\r\(stepLine(report, columns: columns() - 1))\u{1B}[K")
        isLineOpen = true
      } else {
        put(stepLine(report, columns: .max))
      }
    case .epoch(let record):
      shownAt = now()
      put(epochLine(record, report))
    case .saved: break
    case .notSaved(let reason): put("NOT SAVED: \(reason) Training goes on; the older checkpoints are still there.")
    case .noticed(let sentence): put(sentence)
    case .ended:
      if isLineOpen { put("") }
    }
    return .goOn
  }

  /// Writes a line of its own, over the one that is being rewritten.
  private mutating func put(_ line: String) {
    write(isTerminal ? (isLineOpen ? "\r\(line)\u{1B}[K\n" : "\(line)\n") : "\(line)\n")
    isLineOpen = false
  }

  private func opening(_ report: borrowing TrainingReport) -> String {
    let (ranks, threads) = (report.ranks, report.threads)
    let workers = "\(ranks) rank\(ranks == 1 ? "" : "s") of \(threads) thread\(threads == 1 ? "" : "s")"
    let resumed = report.state.step > 0 ? ", resumed after step \(report.state.step)" : ""
    guard report.state.step < report.lastStep else {
      return "nothing left to train: step \(report.state.step) of \(report.lastStep) is done"
    }
    return
      "training \(Figures.count(Double(report.parameters))) parameters for \(report.lastStep - report.state.step) "
      + "steps of "
      + "\(report.recipe.batch) images in \(report.recipe.shards) shards on \(workers)\(resumed)"
  }

  private func place(_ report: borrowing TrainingReport) -> String {
    "epoch \(report.epoch)/\(report.epochs)  step \(report.state.step)/\(report.lastStep)"
  }

  /// As much as fits, what matters least left out first.
  private func stepLine(_ report: borrowing TrainingReport, columns: Int) -> String {
    let metrics = report.state.epochMetrics
    let left = "\(Figures.duration(secondsLeft(report))) left"
    var parts = [
      "epoch \(report.epoch)/\(report.epochs)", "step \(report.state.step)/\(report.lastStep)",
      "loss \(Figures.loss(metrics.loss))", metrics.scoreTexts().joined(separator: "  "),
      "\(Figures.count(report.imagesPerSecond)) images/s", left,
    ]
    var line: String { parts.filter { !$0.isEmpty }.joined(separator: "  ") }
    for index in [4, 0, 3, 1] where line.count > columns { parts[index] = "" }
    return String(line.prefix(max(1, columns)))
  }

  private func epochLine(_ record: EpochRecord, _ report: borrowing TrainingReport) -> String {
    let part = record.validation == nil ? "test" : "validation"
    let measured = record.monitored.map { "  " + $0.figures(of: "\(part) ") } ?? ""
    return
      "\(place(report))  \(record.training.figures())\(measured)  "
      + "\(Figures.count(report.imagesPerSecond)) images/s  \(Figures.duration(secondsLeft(report))) left"
  }

  /// From the time that the steps of this run took, evaluations and checkpoints included.
  private func secondsLeft(_ report: borrowing TrainingReport) -> Double {
    let done = report.state.step - firstStep
    guard done > 0 else { return 0 }
    return (now() - beganAt) / Double(done) * Double(max(0, report.lastStep - report.state.step))
  }
}

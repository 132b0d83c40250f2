import ArgumentParser
package import Training

/// The exit status of `convoy`.
package enum ExitStatus: Int32, CaseIterable, Sendable {
  case success = 0
  case failure = 1
  case configuration = 2
  case data = 3
  case ranks = 4
  /// As argument-parser does, after BSD's sysexits.
  case usage = 64
  /// BSD's EX_TEMPFAIL: to be tried again.
  case interrupted = 75

  package init(_ kind: TrainingError.Kind) {
    self =
      switch kind {
      case .configuration: .configuration
      case .data: .data
      case .run: .failure
      case .ranks: .ranks
      }
  }

  package var meaning: String {
    switch self {
    case .success: "everything went well"
    case .failure: "the run failed: a number that is not finite, a full disk"
    case .configuration: "the configuration is wrong or asks for something impossible"
    case .data: "a data set, a model or a checkpoint is missing, damaged or does not fit"
    case .ranks:
      "the ranks lost each other: one died, stalled, or has other weights or does something else than the others"
    case .usage: "the command line is wrong"
    case .interrupted: "a signal ended training after a checkpoint; the same command line goes on"
    }
  }
}

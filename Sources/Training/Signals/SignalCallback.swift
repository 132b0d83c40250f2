import Communication

/// Lets signals end a run at the next step, with a checkpoint from which the same command goes on, or save one: on
/// every rank, whichever of them gets the signal (`SignalWatch`).
public struct SignalCallback: Callback {
  /// Takes the signals from now on.
  public init() { SignalWatch.start() }

  public mutating func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
    switch SignalWatch.take() {
    case .nothing: .goOn
    case .save: .save
    case .end: .interrupt
    }
  }
}

public import Communication
import Foundation

/// A short training whose learning rate grows from step to step, and what its loss says about a good one (Smith,
/// "Cyclical learning rates for training neural networks", 2017). Nothing is saved.
public struct RateSearch: Sendable {
  /// One step.
  public struct Point: Hashable, Sendable, Codable {
    public let rate: Double
    /// Of the batch, before the update.
    public let loss: Double
    /// The running mean of losses up to here.
    public let smoothed: Double
  }

  public private(set) var points: [Point] = []
  /// What a person should know of model and data, in a sentence each.
  public private(set) var notices: [String] = []
  /// Whether the loss left all bounds, which ends the search.
  public private(set) var isDiverged = false
  private var mean = 0.0

  /// Weight of the old mean in the running mean.
  private static let momentum = 0.9
  /// How much worse than the best the running mean may become.
  private static let limit = 4.0

  /// Steps in which the loss is not looked at yet: the mean still moves much.
  private var settled: Int { max(1, points.count / 10) }

  /// The rate at which the running mean falls fastest, by the logarithm of the rate; nil where it never falls.
  public var steepest: Double? {
    guard let lowest = points.indices.min(by: { points[$0].smoothed < points[$1].smoothed }) else { return nil }
    let candidates = points.indices.filter { $0 >= settled && $0 < lowest && $0 + 1 < points.count }
    let slope = { (index: Int) in points[index + 1].smoothed - points[index - 1].smoothed }
    return candidates.min { slope($0) < slope($1) }.flatMap { slope($0) < 0 ? points[$0].rate : nil }
  }

  /// A tenth of the rate at which the running mean is lowest: a careful choice.
  public var careful: Double? { points.min { $0.smoothed < $1.smoothed }.map { $0.rate / 10 } }

  /// Trains with rates from one to another, each step the same factor more. Collective.
  public init(
    _ recipe: Recipe, from first: Double, to last: Double, steps: Int, communicator: any Communicator
  ) throws(TrainingError) {
    precondition(first > 0 && last > first && steps > 1, "rates that grow over some steps")
    var trial = recipe
    trial.optimizer.rate = first
    trial.schedule = ScheduleChoice()
    (trial.schedule.name, trial.schedule.every) = (.step, .steps(1))
    trial.schedule.factor = pow(last / first, 1 / Double(steps - 1))
    (trial.onNonFinite, trial.average, trial.earlyStopping) = (.skip, nil, nil)
    (trial.checkpoint, trial.featureCache) = (CheckpointPolicy(), .never)
    trial.epochs = 1_000_000
    if var phase = trial.finetune?.phases.first {
      (phase.epochs, phase.steps, phase.rate, phase.schedule, phase.gradually) = (nil, steps, nil, nil, nil)
      trial.finetune?.phases = [phase]
    }
    let recorder = Recorder(RateSearch())
    var callbacks: [any Callback] = [recorder]
    let trainer = try Trainer(trial, folder: "", communicator: communicator, isTrial: true)
    _ = try trainer.train(maxSteps: steps, callbacks: &callbacks)
    self = recorder.search
  }

  /// - Parameter losses: by rate, as a training would give them.
  package init(_ losses: [(rate: Double, loss: Double)]) {
    for (rate, loss) in losses where !isDiverged { add(rate, loss) }
  }

  private init() {}

  private mutating func add(_ rate: Double, _ loss: Double) {
    guard loss.isFinite else {
      isDiverged = true
      return
    }
    let momentum = RateSearch.momentum
    mean = momentum * mean + (1 - momentum) * loss
    // What the zero at the start takes away is put back.
    let smoothed = mean / (1 - pow(momentum, Double(points.count + 1)))
    points.append(Point(rate: rate, loss: loss, smoothed: smoothed))
    let lowest = points.dropFirst(settled).map(\.smoothed).min() ?? smoothed
    if points.count > 2 * settled, smoothed > RateSearch.limit * lowest { isDiverged = true }
  }

  /// Notes the loss of every step and ends the run when it diverges.
  private final class Recorder: Callback {
    var search: RateSearch

    init(_ search: RateSearch) { self.search = search }

    func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
      if case .noticed(let sentence) = event, report.state.step == 0 { search.notices.append(sentence) }
      guard case .step = event else { return .goOn }
      search.add(report.rate, report.state.skipped > 0 ? .nan : report.metrics.loss)
      return search.isDiverged ? .stop : .goOn
    }
  }
}

import Communication
import Datasets
import Networks
import Tensors

/// One training step of a rank's shards: everything between the loaded batch and the summed gradients.
protocol StepRunner: AnyObject {
  /// Forward, loss and backward of the rank's shards, and the sums over all shards of all ranks.
  ///
  /// - Parameters:
  ///   - step: counted from 0; keys dropout.
  ///   - samples: of the batch over all ranks; gradients are of the mean over them.
  func run(_ batch: LoadedBatch, step: Int, samples: Int) throws(CommunicationError) -> StepResult

  /// After a step that was not finite: where in this rank's shards that begins. Nil where all of them are finite.
  func findNonFinite(_ batch: LoadedBatch, step: Int) -> NonFiniteFinding?

  var check: GradientCheck { get }

  /// The sum over all shards, after `run`.
  var gradients: Buffer { get }
  /// The gradients that are kept as factors; nil where there are none.
  var factors: FactoredGradients? { get }
  /// Batch-norm moments pooled over all shards, after `run`; empty where nothing is pooled.
  var moments: ChannelMoments { get }
  var networks: [Network] { get }
  /// Any one of them: prepares the weights and moves the states.
  var network: Network { get }
  var reducer: any GradientReducer { get }

  /// From now on, records what every worker does; nothing where `timelines` is empty.
  func record(on timelines: [Timeline])
}

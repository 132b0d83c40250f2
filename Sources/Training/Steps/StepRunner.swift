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
  /// - Returns: loss and right answers of the whole batch, before the update.
  func run(_ batch: LoadedBatch, step: Int, samples: Int) throws(CommunicationError) -> Metrics

  /// The sum over all shards, after `run`.
  var gradients: Buffer { get }
  /// Batch-norm moments pooled over all shards, after `run`; empty where nothing is pooled.
  var moments: ChannelMoments { get }
  /// Any one of the networks: prepares the weights and moves the states.
  var network: Network { get }
  var reducer: any GradientReducer { get }

  /// From now on, records what every worker does; nothing where `timelines` is empty.
  func record(on timelines: [Timeline])
}

public import Tensors

/// Sums the gradients of all shards over all ranks while or after they are computed.
///
/// Per step: `gradientsReady(upTo:)` any number of times, then `finish()`; both on one thread at a time, on every rank.
/// All reducers yield the same bits. After `finish()` the first sum's buffer holds the sum over all shards.
public protocol GradientReducer: AnyObject, Sendable {
  /// The first `upTo` gradients of every sum of this rank are final.
  func gradientsReady(upTo: Int) throws(CommunicationError)

  /// All gradients are final; returns when they are reduced.
  func finish() throws(CommunicationError)

  /// What was measured since the reducer was made.
  var statistics: ReductionStatistics { get }

  /// Where the time in calls is recorded, if anywhere.
  var timeline: Timeline? { get set }
}

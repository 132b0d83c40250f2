import Tensors

/// The ring of batches between the threads that prepare them and the one that takes them.
///
/// Batch n lives in slot n mod (number of slots). It is claimed when batch n - (number of slots) has been given back,
/// which the taker does by asking for the batch after it.
final class Prefetcher: @unchecked Sendable {
  private let sampler: Sampler
  private let makeWriter: @Sendable () -> LaneWriter
  private let end: Int
  /// The source, told of every epoch while nothing is read; nil where it does not want to hear of them.
  private let changing: (any DataSource)?
  private let monitor = Monitor()

  // What follows is touched inside `monitor.locked` only, except for a slot that a thread has claimed.
  private var slots: [Slot]
  private var cursor: Int
  private var claimed = 0, finished = 0, taken = 0
  private var begunEpoch = -1
  private var allTimes = LoadingTimes()
  private var isStopping = false

  private final class Slot {
    var shards: [LoadedShard]
    /// Nil while the batch is being prepared.
    var result: Result<LoadedBatch?, DataError>?

    init(_ shards: [LoadedShard]) { self.shards = shards }
  }

  init(
    _ sampler: Sampler, slots: [[LoadedShard]], from start: Int, to end: Int, changing: (any DataSource)?,
    writer: @escaping @Sendable () -> LaneWriter
  ) {
    (self.sampler, makeWriter, self.changing) = (sampler, writer, changing)
    (cursor, self.end) = (start, end)
    self.slots = slots.map(Slot.init)
  }

  func stop() {
    monitor.locked {
      isStopping = true
      monitor.changed()
    }
  }

  /// Waits for the next batch and gives back the one before it.
  func take() -> Result<LoadedBatch?, DataError> {
    monitor.locked {
      let slot = slots[taken % slots.count]
      while slot.result == nil { monitor.wait() }
      let result = slot.result!
      // The end and an error stay where they are: every later call meets them again.
      guard case .success(.some) = result else { return result }
      slot.result = nil
      taken += 1
      monitor.changed()
      return result
    }
  }

  /// Prepares batches until it is stopped, the end is reached or an error is met.
  func run() {
    // Not where the worker stays that started the loader.
    Affinity.release()
    let writer = makeWriter()
    var order: (epoch: Int, samples: [UInt32]) = (-1, [])
    while let (slot, start) = claim() {
      if start >= end {
        finish(slot, .success(nil))
        return
      }
      let epoch = start / sampler.count
      if order.epoch != epoch { order = (epoch, sampler.order(ofEpoch: epoch)) }
      let batch = sampler.batch(at: start, order: order.samples)
      do throws(DataError) {
        for index in slot.shards.indices { try writer.fill(&slot.shards[index], batch) }
        finish(slot, .success(LoadedBatch(sampled: batch, shards: slot.shards)), writer.takeTimes())
      } catch {
        finish(slot, .failure(error))
        return
      }
    }
  }

  /// The next batch to prepare, once its slot is free; nil when stopped.
  private func claim() -> (Slot, cursor: Int)? {
    monitor.locked {
      // Of all slots one holds the batch that was taken last.
      while !isStopping && (claimed >= taken + slots.count - (taken > 0 ? 1 : 0) || !hasBegun()) { monitor.wait() }
      if isStopping { return nil }
      defer {
        claimed += 1
        if cursor < end { cursor = sampler.next(after: cursor) }
      }
      return (slots[claimed % slots.count], cursor)
    }
  }

  /// Whether the source is prepared for the epoch of the cursor, which it is once nothing of another one is read.
  private func hasBegun() -> Bool {
    let epoch = cursor / sampler.count
    guard let changing, cursor < end, epoch != begunEpoch else { return true }
    guard finished == claimed else { return false }
    changing.begin(epoch: epoch)
    begunEpoch = epoch
    return true
  }

  /// What its threads have spent so far.
  var times: LoadingTimes { monitor.locked { allTimes } }

  private func finish(_ slot: Slot, _ result: Result<LoadedBatch?, DataError>, _ times: LoadingTimes = .init()) {
    monitor.locked {
      allTimes += times
      slot.result = result
      finished += 1
      monitor.changed()
    }
  }
}

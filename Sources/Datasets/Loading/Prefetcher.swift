import Tensors

/// The ring of batches between the threads that prepare them and the one that takes them.
///
/// Batch n lives in slot n mod (number of slots). It is claimed when batch n - (number of slots) has been given back,
/// which the taker does by asking for the batch after it.
final class Prefetcher: @unchecked Sendable {
  private let source: any DataSource
  private let sampler: Sampler
  private let preparation: Preparation
  private let end: Int
  private let monitor = Monitor()

  // What follows is touched inside `monitor.locked` only, except for a slot that a thread has claimed.
  private var slots: [Slot]
  private var cursor: Int
  private var claimed = 0, taken = 0
  private var isStopping = false

  private final class Slot {
    var shards: [LoadedShard]
    /// Nil while the batch is being prepared.
    var result: Result<LoadedBatch?, DataError>?

    init(_ shards: [LoadedShard]) { self.shards = shards }
  }

  init(
    _ source: any DataSource, _ sampler: Sampler, _ preparation: Preparation, slots: [[LoadedShard]], from start: Int,
    to end: Int
  ) {
    (self.source, self.sampler, self.preparation) = (source, sampler, preparation)
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
    let writer = LaneWriter(source, preparation)
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
        for index in slot.shards.indices { try fill(&slot.shards[index], batch, writer) }
        finish(slot, .success(LoadedBatch(sampled: batch, shards: slot.shards)))
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
      while !isStopping && claimed >= taken + slots.count - (taken > 0 ? 1 : 0) { monitor.wait() }
      if isStopping { return nil }
      defer {
        claimed += 1
        if cursor < end { cursor = sampler.next(after: cursor) }
      }
      return (slots[claimed % slots.count], cursor)
    }
  }

  private func finish(_ slot: Slot, _ result: Result<LoadedBatch?, DataError>) {
    monitor.locked {
      slot.result = result
      monitor.changed()
    }
  }

  /// Writes what the labels say as numbers, one image in each lane.
  private func fillTarget(_ target: Tensor, _ shard: LoadedShard) {
    let count = source.labelCount ?? 1
    for lane in 0..<target.lanes {
      for label in 0..<count {
        let value = Float(shard.labels[lane * count + label])
        target[lane: lane, depth: 0, height: 0, width: 0, channel: label] = value
      }
    }
  }

  private func fill(_ shard: inout LoadedShard, _ batch: SampledBatch, _ writer: LaneWriter) throws(DataError) {
    let samples = batch.samples(ofShard: shard.index)
    try writer.fill(shard.inputs[0], with: samples, epoch: batch.epoch)
    shard.liveCount = samples.count
    for lane in shard.samples.indices {
      let sample = lane < samples.count ? samples[samples.startIndex + lane] : 0
      shard.samples[lane] = sample
      shard.weights[lane] = lane < samples.count ? 1 : 0
      if let count = source.labelCount {
        for label in 0..<count {
          shard.labels[lane * count + label] = lane < samples.count && source.hasLabel(label, at: Int(sample)) ? 1 : 0
        }
      } else {
        shard.labels[lane] = lane < samples.count ? Int32(source.label(at: Int(sample))) : 0
      }
    }
    fillTarget(shard.targets[0], shard)
  }
}

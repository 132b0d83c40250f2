import Communication
import Datasets
import Foundation
import Kernels
import Networks
import Tensors

// What the ranks watch for while they train.
extension Trainer {
  /// The digest of this replica where the ranks compare theirs after this step; 0 elsewhere.
  var dueDigest: UInt64 {
    isChecking && state.step > 0 && recipe.checkEvery > 0 && state.step % recipe.checkEvery == 0 ? digest : 0
  }

  /// Compares the replicas whatever the step, so that no damaged one gets into a checkpoint. Collective.
  func compareReplicas(_ lastStep: Int, _ callbacks: inout [any Callback]) throws(TrainingError) {
    guard recipe.checkEvery > 0, communicator.size > 1 else { return }
    communicator.supervision.enter(.voting)
    _ = try vote.cast(failure: callbackFailure, digest: digest)
    if vote.hasDifferentDigests { try settleDifferences(lastStep, &callbacks) }
  }

  /// Of weights, batch-norm statistics and the optimizer's slots.
  private var digest: UInt64 {
    guard communicator.size > 1 else { return 0 }
    // FNV's way to put them together: the order counts.
    return ([weights.trainable, weights.states] + slots).reduce(0xCBF2_9CE4_8422_2325) {
      ($0 ^ $1.checksum) &* 0x100_0000_01B3
    }
  }

  /// Finds the parameters and the ranks in which the replicas differ, and stops or repairs them. Collective.
  func settleDifferences(_ lastStep: Int, _ callbacks: inout [any Callback]) throws(TrainingError) {
    communicator.supervision.enter(.checking)
    let parts = replicaParts
    let own = parts.map(\.buffer.checksum)
    let gathered: [[UInt64]]
    do {
      gathered = try communicator.allGather(own.flatMap { digest in (0..<8).map { UInt8(digest >> (8 * $0) & 255) } })
        .map { bytes in
          stride(from: 0, to: bytes.count, by: 8).map { start in
            (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * $1) }
          }
        }
    } catch {
      throw TrainingError(.ranks, error.description)
    }
    let different = parts.indices.filter { part in gathered.contains { $0[part] != gathered[0][part] } }
    let odd = different.map { part in communicator.minority { gathered[$0][part] == gathered[$1][part] } }
    let ranks = Set(odd.flatMap { $0 }).sorted()
    let names = ranks.map(communicator.name).joined(separator: " and ")
    let places = different.prefix(3).map { parts[$0].name }.joined(separator: ", ")
    let rest = different.count > 3 ? " and \(different.count - 3) more" : ""
    guard odd.allSatisfy({ $0.count < communicator.size }) else {
      throw TrainingError(
        .ranks,
        "after step \(state.step) \(names) have different values in \(places)\(rest), and of so few ranks none can be "
          + "said to be "
          + "right: look for a machine with faulty memory, and go on from the last checkpoint with --resume.",
        isShared: true)
    }
    let finding = "after step \(state.step) \(names) has other values than the other ranks in \(places)\(rest)"
    guard recipe.onDesync == .repair else {
      throw TrainingError(
        .ranks,
        "\(finding): its memory may be faulty; go on without that machine from the last checkpoint with --resume, or "
          + "set "
          + "onDesync: repair.", isShared: true)
    }
    for (part, odd) in zip(different, odd) {
      let root = (0..<communicator.size).first { !odd.contains($0) }!
      do {
        try gate.change { () throws(CommunicationError) in try communicator.broadcast(parts[part].buffer, from: root) }
      } catch {
        throw TrainingError(.ranks, error.description)
      }
    }
    runner.network.prepare()
    tell(.noticed("\(finding): they were replaced by the others' (onDesync: repair)."), lastStep, &callbacks)
  }

  /// Every parameter and every slot of it, with its name.
  private var replicaParts: [(name: String, buffer: Buffer)] {
    let entries = weights.table.entries
    let own = entries.map { (name: "'\($0.path)'", buffer: weights[$0]) }
    return slots.indices.reduce(own) { parts, slot in
      parts
        + entries.filter { $0.parameter.kind == .trainable }.map {
          (name: "\(slotName(slot)) of '\($0.path)'", buffer: slots[slot][$0.range])
        }
    }
  }

  private func slotName(_ slot: Int) -> String {
    recipe.average != nil && slot == slots.count - 1 ? "the average" : "the optimizer's slot \(slot)"
  }

  /// Says where the numbers of a step that was not finite come from. Collective.
  ///
  /// - Parameter rate: of the step.
  func explainNonFinite(_ batch: LoadedBatch, rate: Float) throws(TrainingError) -> String {
    communicator.supervision.enter(.checking)
    let gathered: [NonFiniteFinding?]
    do {
      let own = runner.findNonFinite(batch, step: state.step)
      gathered = try communicator.allGather([UInt8](try JSONEncoder().encode([own]))).map {
        try JSONDecoder().decode([NonFiniteFinding?].self, from: Data($0))[0]
      }
    } catch {
      throw TrainingError(.ranks, "where step \(state.step + 1) was not finite could not be found: \(error)")
    }
    let found = gathered.indices.filter { gathered[$0] != nil }
    let first = found.min {
      (gathered[$0]!.position, gathered[$0]!.shard) < (gathered[$1]!.position, gathered[$1]!.shard)
    }
    let place: String
    if let first {
      place = "\(gathered[first]!.description) (\(communicator.name(of: first)))"
    } else if let entry = weights.table.entries.last(where: {
      $0.hasGradient ? !runner.gradients[$0.range].isFinite : runner.factors?.isFinite($0) == false
    }) {
      place = "all outputs are finite, but not the gradient of '\(entry.path)'"
    } else {
      place = "computed once more it is, so the memory or the processor of a machine may be faulty"
    }
    return
      "step \(state.step + 1) is not finite: \(place); lower optimizer.rate (\(rate) in this step) or check the data"
  }
}

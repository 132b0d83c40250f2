import Digests
import Networks

/// The variables that nobody may move in a stage of training, by what their layers declare (`Parameter.Kind.frozen`):
/// weights of frozen layers, and moving statistics of layers that run as at inference. Their digest is taken when the
/// stage begins and compared at every save and at its end.
struct FrozenSet: Sendable {
  let record: FrozenRecord
  private let entries: [ParameterTable.Entry]

  /// Nil where everything moves.
  ///
  /// - Parameter graph: as it is trained, where layers may run as at inference.
  init?(_ weights: Weights, _ graph: Graph) {
    let kinds = ParameterTable(graph).entries.map(\.parameter.kind)
    entries = zip(weights.table.entries, kinds).filter { $1 == .frozen }.map(\.0)
    guard !entries.isEmpty else { return nil }
    var layers: [String] = []
    for entry in entries where layers.last != entry.layer { layers.append(entry.layer) }
    record = FrozenRecord(layers: layers, sha256: FrozenSet.digest(entries, weights))
  }

  /// Throws if anything is not what it was.
  ///
  /// - Parameter weights: of the same table.
  func check(_ weights: Weights, step: Int) throws(TrainingError) {
    guard FrozenSet.digest(entries, weights) != record.sha256 else { return }
    throw TrainingError(
      .run,
      "after step \(step) the \(record.layers.count) frozen layers do not have the SHA-256 that they began with "
        + "(\(record.sha256)): "
        + "the memory of this machine may be faulty, or a callback has written there; go on from the last checkpoint "
        + "with --resume."
    )
  }

  private static func digest(_ entries: [ParameterTable.Entry], _ weights: Weights) -> String {
    let hash = SHA256()
    for entry in entries { hash.update(weights[entry]) }
    return hash.finish()
  }
}

/// The part of a checkpoint about the variables that were not to be moved.
public struct FrozenRecord: Hashable, Sendable, Codable {
  /// Paths of their layers, in the order of the model; of some only the statistics.
  public var layers: [String]
  /// Of all of them.
  public var sha256: String
}

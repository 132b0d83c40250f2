public import Tensors

/// The parameters of one replica: one set per rank, shared by its workers.
public final class Weights: Sendable {
  public let table: ParameterTable
  public let trainable: Buffer
  public let states: Buffer
  /// Derived from the parameters by `Network.prepare`, once per step.
  public let prepared: Buffer

  /// Zero everywhere.
  public init(_ table: ParameterTable) {
    self.table = table
    trainable = Buffer(count: table.trainableCount)
    states = Buffer(count: table.stateCount)
    prepared = Buffer(count: table.preparedCount)
  }

  public subscript(entry: ParameterTable.Entry) -> Buffer {
    (entry.parameter.kind == .trainable ? trainable : states)[entry.range]
  }

  /// First values, a function of the seed and the parameter's position in Keras's order alone.
  public func initialize(seed: UInt64) {
    for (index, entry) in table.entries.enumerated() {
      let stream = RandomStream(seed: seed, purpose: .initialization, item: index)
      entry.parameter.initializer.fill(self[entry], shape: entry.parameter.shape, stream: stream)
    }
  }
}

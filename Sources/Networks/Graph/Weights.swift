import Kernels
public import Tensors

/// The parameters of one replica: one set per rank, shared by its workers.
public final class Weights: Sendable {
  public let table: ParameterTable
  public let trainable: Buffer
  public let states: Buffer
  /// Derived from the parameters by `Network.prepare`, once per step.
  public let prepared: Buffer

  /// Elements of a parameter that a worker draws at a time.
  private static let piece = 1 << 16

  /// Zero everywhere.
  public init(_ table: ParameterTable) {
    self.table = table
    trainable = Buffer(count: table.trainableCount)
    states = Buffer(count: table.stateCount)
    prepared = Buffer(count: table.preparedCount)
  }

  /// The parameters of others, with packed kernels of its own: for a plan of the same layers for other sizes.
  public init(_ table: ParameterTable, sharing other: Weights) {
    precondition(
      table.trainableCount == other.table.trainableCount && table.stateCount == other.table.stateCount,
      "the same layers")
    (self.table, trainable, states) = (table, other.trainable, other.states)
    prepared = Buffer(count: table.preparedCount)
  }

  public subscript(entry: ParameterTable.Entry) -> Buffer {
    (entry.parameter.kind == .trainable ? trainable : states)[entry.range]
  }

  private static func piece(of parameter: Parameter) -> Int {
    parameter.initializer.isElementwise ? piece : max(1, parameter.count)
  }

  /// First values, a function of the seed and the parameter's position in Keras's order alone.
  ///
  /// - Parameter pool: shares the work.
  public func initialize(seed: UInt64, in pool: WorkerPool? = nil) {
    let pieces = table.entries.enumerated().flatMap { index, entry in
      stride(from: 0, to: entry.parameter.count, by: Weights.piece(of: entry.parameter)).map {
        (index: index, start: $0)
      }
    }
    let workers = pool?.count ?? 1
    let work = { @Sendable [self] (worker: Int) in
      for piece in stride(from: worker, to: pieces.count, by: workers).map({ pieces[$0] }) {
        let entry = table.entries[piece.index]
        let part = piece.start..<min(piece.start + Weights.piece(of: entry.parameter), entry.parameter.count)
        entry.parameter.initializer.fill(
          self[entry][part], from: part.lowerBound, shape: entry.parameter.shape,
          random: RandomFill(seed: seed, item: piece.index))
      }
    }
    if let pool { pool.run(work) } else { work(0) }
  }
}

extension Weights {
  /// Takes the numbers of variables of the same paths from another network, in which they may have other shapes.
  public func copyByPath(from other: Weights) {
    let entries = Dictionary(uniqueKeysWithValues: other.table.entries.map { ($0.path, $0) })
    for entry in table.entries { self[entry].copy(from: other[entries[entry.path]!]) }
  }
}

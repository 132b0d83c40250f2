public import Kernels
public import Tensors

/// Where a shard keeps the gradients that are kept as factors.
public struct FactorTable: Sendable {
  public struct Place: Sendable {
    public let entry: ParameterTable.Entry
    public let factors: KernelFactors
    /// In the memory of the shard.
    public let range: Range<Int>

    /// Whether no element of the gradient can be infinite or not a number, nor its sum over so many shards like this
    /// one.
    ///
    /// - Parameter memory: of the shard.
    public func isFinite(_ memory: Buffer, shards: Int) -> Bool {
      factors.bound(memory[range]) * Double(shards) <= Double(Float.greatestFiniteMagnitude)
    }
  }

  /// In the order of the parameters in memory.
  public let places: [Place]
  /// Floats of a shard.
  public let count: Int

  public init(_ table: ParameterTable, lanes: Int) {
    let entries = table.entries.filter { $0.parameter.kind == .trainable && $0.parameter.isFactored }
      .sorted { $0.range.lowerBound < $1.range.lowerBound }
    var (places, count): ([Place], Int) = ([], 0)
    for entry in entries {
      let shape = entry.parameter.shape
      let factors = KernelFactors(inputs: shape[0], units: shape[1], lanes: lanes)
      places.append(Place(entry: entry, factors: factors, range: count..<count + factors.count))
      count += factors.count
    }
    (self.places, self.count) = (places, count)
  }

  /// The place of a parameter that has one.
  subscript(entry: ParameterTable.Entry) -> Place { places.first { $0.entry.range == entry.range }! }

  /// The factors of a shard without images.
  public func clear(_ memory: Buffer) {
    for place in places { place.factors.clear(memory[place.range]) }
  }

  /// The same of all gradients.
  public func isFinite(_ memory: Buffer, shards: Int) -> Bool {
    places.allSatisfy { $0.isFinite(memory, shards: shards) }
  }
}

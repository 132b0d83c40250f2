import Tensors

extension Plan {
  /// Where a layer finds what it derives from its parameters, and when it is derived.
  enum Packing: Sendable {
    /// Once per step, in the memory that all networks share.
    case shared(Range<Int>)
    /// Once per step, in a storage that lives for ever.
    case own(storage: Int)
    /// Whenever it is read, in storages that live that long.
    case atUse(forward: Int, backward: Int?, again: Int?)

    /// Floats from which on packing at use saves memory worth its time: 1 MiB.
    static let large = 1 << 18
  }
}

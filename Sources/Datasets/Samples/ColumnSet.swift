/// Some of the columns of a source, by their positions.
public struct ColumnSet: Hashable, Sendable {
  private var bits: UInt64 = 0

  /// More columns than this, a source has not.
  static let most = 64

  public init(_ positions: some Sequence<Int> = []) { for position in positions { insert(position) } }

  public static let all: ColumnSet = {
    var all = ColumnSet()
    all.bits = .max
    return all
  }()

  public func contains(_ position: Int) -> Bool { bits >> UInt64(position) & 1 == 1 }

  public mutating func insert(_ position: Int) {
    precondition((0..<ColumnSet.most).contains(position))
    bits |= 1 << UInt64(position)
  }

  public mutating func remove(_ position: Int) { bits &= ~(1 << UInt64(position)) }
}

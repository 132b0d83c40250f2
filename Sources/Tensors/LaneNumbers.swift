/// A double for each lane of a shard, such as the loss of each image.
@safe
public struct LaneNumbers: Sendable {
  private let buffer: Buffer

  public var lanes: Int { buffer.count / 2 }

  public init(lanes: Int) { buffer = Buffer(count: 2 * lanes) }

  public static let empty = LaneNumbers(lanes: 0)

  /// The address of the first number; valid while this value is referenced.
  @unsafe public var pointer: UnsafeMutablePointer<Double> {
    unsafe UnsafeMutableRawPointer(buffer.pointer).assumingMemoryBound(to: Double.self)
  }

  public subscript(lane: Int) -> Double {
    get {
      precondition(lane >= 0 && lane < lanes)
      return unsafe pointer[lane]
    }
    nonmutating set {
      precondition(lane >= 0 && lane < lanes)
      unsafe pointer[lane] = newValue
    }
  }
}

public import Tensors

/// One rank on its own: nothing is sent, and MPI is not started.
public struct SingleCommunicator: Communicator {
  public let hostNames: [String]

  public let supervision = Supervision()

  public init(hostName: String = "localhost") { hostNames = [hostName] }

  public var rank: Int { 0 }
  public var size: Int { 1 }

  public func barrier() {}

  public func broadcast(_ buffer: Buffer, from root: Int) throws(CommunicationError) { try check(root) }

  public func broadcast(_ bytes: [UInt8], from root: Int) throws(CommunicationError) -> [UInt8] {
    try check(root)
    return bytes
  }

  public func allGather(_ bytes: [UInt8]) -> [[UInt8]] { [bytes] }

  public func allGather(in buffer: Buffer, segments: Segments) {}

  public func startAllGather(in buffer: Buffer, segments: Segments) -> Request { .completed }

  public func startAllToAll(
    from outgoing: Buffer, sending: Segments, into incoming: Buffer, receiving: Segments
  ) -> Request {
    incoming[receiving.ranges[0]].copy(from: outgoing[sending.ranges[0]])
    return .completed
  }

  public func allReduceSum(_ buffer: Buffer) {}

  public func startAllReduceSum(_ buffer: Buffer) -> Request { .completed }

  public func duplicate() -> any Communicator { self }

  public var history: OperationHistory { OperationHistory() }

  public func abort(code: Int, because sentence: String) {
    World.say(sentence)
    World.exit(code: code)
  }

  private func check(_ root: Int) throws(CommunicationError) {
    guard root == 0 else { throw .failed(operation: "broadcast", text: "rank \(root) does not exist") }
  }
}

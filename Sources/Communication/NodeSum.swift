public import Tensors

/// A node of the shard tree and the buffer that holds its sum.
public struct NodeSum: Sendable {
  public let node: ShardTree.Node
  public let buffer: Buffer

  public init(_ node: ShardTree.Node, _ buffer: Buffer) { (self.node, self.buffer) = (node, buffer) }
}

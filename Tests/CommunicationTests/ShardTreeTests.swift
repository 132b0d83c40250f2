import Communication
import Testing

struct ShardTreeTests {
  @Test(arguments: 1...40)
  func nodesPartitionTheShards(shards: Int) {
    let tree = ShardTree(shards: shards)
    #expect(tree.span(of: tree.root) == 0..<shards)
    #expect(tree.maximalNodes(in: 0..<shards) == [tree.root])
    for ranks in 1...shards {
      var next = 0
      for rank in 0..<ranks {
        let range = tree.shards(ofRank: rank, of: ranks)
        #expect(range.lowerBound == next && !range.isEmpty)
        let nodes = tree.maximalNodes(in: range)
        for node in nodes {
          #expect(tree.span(of: node).lowerBound == next)
          next = tree.span(of: node).upperBound
        }
        #expect(next == range.upperBound)
        for (left, right) in zip(nodes, nodes.dropFirst()) { #expect(tree.parent(left, right) == nil) }
        #expect(nodes.count <= 2 * tree.root.level + 1)
      }
      #expect(next == shards)
    }
  }

  @Test func nodesOfFiveShards() {
    let tree = ShardTree(shards: 5)
    typealias Node = ShardTree.Node
    #expect(tree.root == Node(level: 3, index: 0))
    #expect(
      tree.maximalNodes(in: 1..<5) == [Node(level: 0, index: 1), Node(level: 1, index: 1), Node(level: 2, index: 1)])
    #expect(tree.leaf(4) == Node(level: 2, index: 1))
    #expect(tree.leaf(3) == Node(level: 0, index: 3))
    #expect(tree.parent(Node(level: 2, index: 0), tree.leaf(4)) == tree.root)
    #expect(tree.parent(Node(level: 0, index: 1), Node(level: 0, index: 2)) == nil)
    #expect(ShardTree(shards: 1).root == Node(level: 0, index: 0))
  }

  @Test func workersShareARankLikeRanksShareTheBatch() {
    let range = ShardTree(shards: 22).shards(ofRank: 1, of: 2)
    #expect(range == 11..<22)
    #expect((0..<4).map { ShardTree.share($0, of: 4, in: range) } == [11..<13, 13..<16, 16..<19, 19..<22])
  }
}

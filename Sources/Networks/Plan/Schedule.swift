/// When things happen in a step: inputs at -1, forward of node n at n, the loss at N, then backward from the last node
/// to the first. What is computed again has a time of its own, just before the backward that reads it.
struct Schedule {
  let lossTime: Int
  /// By node.
  private(set) var backward: [Int]
  /// When each node runs again, if it does.
  private(set) var again: [Int: Int] = [:]
  /// What runs again just before backward of each node, in order.
  let runsBefore: [[Int]]

  init(nodes: Int, runsBefore: [[Int]]) {
    lossTime = nodes
    backward = Array(repeating: 0, count: nodes)
    self.runsBefore = runsBefore
    var time = nodes
    for node in (0..<nodes).reversed() {
      for other in runsBefore[node] {
        time += 1
        again[other] = time
      }
      time += 1
      backward[node] = time
    }
  }
}

/// The squared norms of the blocks of one worker, who alone writes them.
final class BlockNorms: @unchecked Sendable {
  var weights: [Double]
  var gradients: [Double]

  init(count: Int) { (weights, gradients) = (Array(repeating: 0, count: count), Array(repeating: 0, count: count)) }
}

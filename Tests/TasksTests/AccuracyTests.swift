import Networks
import Tasks
import Tensors
import Testing

@Suite struct AccuracyTests {
  /// `accuracy` is another metric for each kind of output, as in Keras.
  @Test(arguments: [
    (Shape(1), Shape(1), "binary_crossentropy", "BinaryAccuracy"),
    (Shape(10), Shape(1), "sparse_categorical_crossentropy", "SparseCategoricalAccuracy"),
    (Shape(10), Shape(10), "categorical_crossentropy", "CategoricalAccuracy"),
    (Shape(8, 8, 3), Shape(8, 8), "sparse_categorical_crossentropy", "SparseCategoricalAccuracy"),
    (Shape(8, 8, 3), Shape(8, 8, 1), "sparse_categorical_crossentropy", "SparseCategoricalAccuracy"),
    (Shape(5), Shape(5), "binary_crossentropy", "ExactMatch"),
  ])
  func accuracyFollowsFromShapes(output: Shape, target: Shape, loss: String, expected: String) throws {
    for name in ["accuracy", "acc"] {
      let named = try MetricRegistry.metric(.string(name), output: output, target: target, loss: loss)
      #expect(type(of: named.metric).kerasName == expected)
      #expect(named.name == name)
    }
  }

  @Test func countsLiveLanes() throws {
    let (output, target) = (Tensor([3], lanes: 32), Tensor([1], lanes: 32))
    for lane in 0..<32 {
      output.setSample(lane, [0, lane % 2 == 0 ? 1 : -1, 0.5])
      target.setSample(lane, [1])
    }
    let metric = SparseCategoricalAccuracy()
    var state = try metric.makeState(output: [3], target: [1], isWeighted: false)
    #expect(metric.result(state) == nil)
    metric.update(&state, output: output, target: target, live: 19, weights: nil)
    #expect(metric.result(state) == 10.0 / 19)
  }
}

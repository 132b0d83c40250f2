import Kernels
import Tensors
import Testing

@Suite struct ResamplingTests {
  static let fixtures = Fixture.all.filter { $0.shape.rank == 3 } + [Fixture(shape: [1, 1, 2]), Fixture(shape: [3, 1, 1])]

  /// Larger and smaller images; columns that stay as they are.
  @Test(arguments: fixtures, Interpolation.allCases)
  func agreesWithTwin(fixture: Fixture, interpolation: Interpolation) {
    let shape = fixture.shape
    for (height, width) in [(2 * shape.height, 3 * shape.width), (max(1, shape.height / 2), 7), (5, shape.width)] {
      var enlarged = fixture
      enlarged.shape = [height, width, shape.channels]
      let (x, dy) = (fixture.activations(seed: 1), enlarged.gradients(seed: 2))
      let (y, dx) = (enlarged.output(border: Border(top: 1, right: 2)), fixture.output())
      let resampling = Resampling(shape, height: height, width: width, interpolation: interpolation)
      let twin = ReferenceResampling(shape, height: height, width: width, interpolation: interpolation)
      let scratch = Guarded(count: resampling.scratchCount(lanes: fixture.lanes))
      resampling.apply(x, into: y, scratch: scratch.inner)
      expectEqual(y, twin.apply(ReferenceTensor(x)), live: fixture.live, tolerance: 1e-5, dead: .anything)
      resampling.differentiate(gradient: dy, into: dx, scratch: scratch.inner)
      expectEqual(
        dx, twin.differentiate(ReferenceTensor(dy), input: shape), live: fixture.live, tolerance: 1e-5, dead: .zero)
      #expect(scratch.isIntact)
    }
  }

  /// Values of `keras.layers.Resizing` and `UpSampling2D` for one row.
  @Test(arguments: [
    (Interpolation.nearest, [Float(1), 1, 2, 2, 4, 4]), (.bilinear, [1, 1.25, 1.75, 2.5, 3.5, 4]),
  ])
  func followsKeras(interpolation: Interpolation, expected: [Float]) {
    let (x, y) = (Tensor([1, 3, 1], lanes: 16), Tensor([1, 6, 1], lanes: 16))
    x.setSample(0, [1, 2, 4])
    let resampling = Resampling([1, 3, 1], height: 1, width: 6, interpolation: interpolation)
    resampling.apply(x, into: y, scratch: Buffer(count: resampling.scratchCount(lanes: 16)))
    #expect(y.sample(0) == expected)
  }

  /// Weights of one output sum to one, so that an even image stays even, also at its edge.
  @Test(arguments: Interpolation.allCases) func keepsEvenImages(interpolation: Interpolation) {
    let (x, y) = (Tensor([4, 5, 1], lanes: 16), Tensor([9, 3, 1], lanes: 16))
    x.setSample(0, Array(repeating: 3, count: 20))
    let resampling = Resampling([4, 5, 1], height: 9, width: 3, interpolation: interpolation)
    resampling.apply(x, into: y, scratch: Buffer(count: resampling.scratchCount(lanes: 16)))
    #expect(y.sample(0).allSatisfy { abs($0 - 3) < 1e-5 })
  }
}

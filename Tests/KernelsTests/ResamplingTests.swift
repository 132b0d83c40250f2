import Kernels
import Tensors
import Testing

@Suite struct ResamplingTests {
  static let fixtures =
    Fixture.all.filter { $0.shape.rank == 3 } + [Fixture(shape: [1, 1, 2]), Fixture(shape: [3, 1, 1])]

  /// Larger and smaller images; columns that stay as they are.
  @Test(arguments: fixtures, Interpolation.allCases)
  func agreesWithTwin(fixture: Fixture, interpolation: Interpolation) {
    let shape = fixture.shape
    for (height, width) in [(2 * shape.height, 3 * shape.width), (max(1, shape.height / 2), 7), (5, shape.width)] {
      var enlarged = fixture
      enlarged.shape = [height, width, shape.channels]
      let (x, dy) = (fixture.activations(seed: 1), enlarged.gradients(seed: 2))
      let (y, dx) = (enlarged.output(border: Border(top: 1, right: 2)), fixture.output())
      // Smoothing matters in the second size only.
      let isSmoothed = height < shape.height
      let resampling = Resampling(
        shape, height: height, width: width, interpolation: interpolation, isSmoothed: isSmoothed)
      let twin = ReferenceResampling(
        shape, height: height, width: width, interpolation: interpolation, isSmoothed: isSmoothed)
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

  /// Values of `keras.layers.Resizing(1, 3, antialias=True)` for one row.
  @Test(arguments: [
    (Interpolation.nearest, [Float(2), 8, 32]), (.bilinear, [2.0714283, 10, 39.999996]),
    (.bicubic, [1.4717737, 8.421247, 41.862907]), (.lanczos3, [1.5362135, 7.3578854, 42.73834]),
    (.lanczos5, [2.2042180, 6.802989, 42.931526]),
  ])
  func smoothsAsKerasDoes(interpolation: Interpolation, expected: [Float]) {
    let (x, y) = (Tensor([1, 7, 1], lanes: 16), Tensor([1, 3, 1], lanes: 16))
    x.setSample(0, [1, 2, 4, 8, 16, 32, 64])
    let resampling = Resampling([1, 7, 1], height: 1, width: 3, interpolation: interpolation, isSmoothed: true)
    resampling.apply(x, into: y, scratch: Buffer(count: resampling.scratchCount(lanes: 16)))
    #expect(zip(y.sample(0), expected).allSatisfy { abs($0 - $1) < 1e-4 })
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

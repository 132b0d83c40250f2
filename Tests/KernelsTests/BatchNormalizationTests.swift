import Kernels
import Tensors
import Testing

@Suite struct BatchNormalizationTests {
  /// Per channel values in floats and doubles.
  static func channels(_ count: Int, seed: Int, mean: Float = 0, deviation: Float = 1, positive: Bool = false) -> Buffer
  {
    Buffer(randoms(count, seed: seed, mean: mean, deviation: deviation).map { positive ? abs($0) + 0.1 : $0 })
  }

  @Test(arguments: Fixture.all)
  func momentsAgreeWithTwin(fixture: Fixture) {
    let x = fixture.activations(seed: 11, mean: 2, deviation: 3)
    let count = fixture.shape.channels
    let mean = unwritten(count)
    let squares = unwritten(count)
    let sums = unwritten(count)
    BatchNormalization.moments(x, live: fixture.live, mean: mean, squares: squares)
    let expected = ReferenceBatchNormalization.moments(ReferenceTensor(x), live: fixture.live)
    expectEqual(mean, expected.map(\.mean), tolerance: 1e-6)
    expectEqual(squares, expected.map(\.squares), tolerance: 1e-6)
    ChannelSums.of(x, live: fixture.live, into: sums)
    let elements = Double(fixture.live * fixture.shape.count / count)
    expectEqual(sums, expected.map { $0.mean * elements }, tolerance: 1e-6)
  }

  /// A mean far larger than the deviation, a constant, and a first row that is nothing like the rest.
  @Test func momentsAreAccurate() {
    let fixture = Fixture(shape: [32, 32, 3])
    let x = fixture.tensor(seed: 12, dead: 0) { 1000 + $0.normal() }
    for lane in 0..<16 {
      for height in 0..<32 {
        for width in 0..<32 {
          x[lane: lane, depth: 0, height: height, width: width, channel: 1] = 3
          if height < 2 { x[lane: lane, depth: 0, height: height, width: width, channel: 2] = 0 }
        }
      }
    }
    let mean = unwritten(3)
    let squares = unwritten(3)
    BatchNormalization.moments(x, live: 16, mean: mean, squares: squares)
    let expected = ReferenceBatchNormalization.moments(ReferenceTensor(x), live: 16)
    expectEqual(mean, expected.map(\.mean), tolerance: 1e-7)
    expectEqual(squares, expected.map(\.squares), tolerance: 1e-6)
    #expect(squares[1] == 0)
  }

  @Test(arguments: Fixture.all, [nil, Float.infinity, 0.7])
  func agreesWithTwin(fixture: Fixture, maximum: Float?) {
    let count = fixture.shape.channels
    let elements = fixture.live * fixture.shape.count / count
    let x = fixture.activations(seed: 13)
    let dy = fixture.gradients(seed: 14)
    for hasGamma in [true, false] {
      let gamma = hasGamma ? Self.channels(count, seed: 15) : nil
      let beta = hasGamma ? nil : Self.channels(count, seed: 16)
      let mean = Self.channels(count, seed: 17)
      let variance = Self.channels(count, seed: 18, positive: true)
      let kernel = BatchNormalization(gamma: gamma, beta: beta, epsilon: 1e-3, maximum: maximum)
      let twin = ReferenceBatchNormalization(
        gamma: gamma?.doubles ?? Array(repeating: 1, count: count),
        beta: beta?.doubles ?? Array(repeating: 0, count: count),
        mean: mean.doubles, variance: variance.doubles, epsilon: Double(Float(1e-3)),
        maximum: maximum.map { Double($0) })
      let (reference, slopes) = (ReferenceTensor(x), ReferenceTensor(dy))

      let y = fixture.output(border: Border(top: 2, right: 1))
      kernel.apply(x, mean: mean, variance: variance, into: y)
      expectEqual(y, twin.apply(reference), live: fixture.live, tolerance: 2e-6, dead: .anything)

      let gradientSum = unwritten(count)
      let productSum = unwritten(count)
      kernel.sums(
        input: x, gradient: dy, mean: mean, variance: variance, live: fixture.live, gradientSum: gradientSum,
        productSum: productSum)
      let sums = twin.sums(input: reference, gradient: slopes, live: fixture.live)
      expectEqual(gradientSum, sums.map(\.gradient), tolerance: 2e-6)
      expectEqual(productSum, sums.map(\.product), tolerance: 2e-6)

      // The sums of a larger batch, as when statistics are pooled over shards.
      let total = elements * 2 + 3
      let dx = fixture.output(border: Border(left: 1))
      kernel.differentiate(
        input: x, gradient: dy, mean: mean, variance: variance, live: fixture.live, gradientSum: gradientSum,
        productSum: productSum, count: total, into: dx)
      let expected = twin.differentiate(
        input: reference, gradient: slopes, live: fixture.live, sums: sums, count: Double(total))
      expectEqual(dx, expected, live: fixture.live, tolerance: 4e-6, dead: .zero)

      let frozen = twin.differentiate(input: reference, gradient: slopes, live: fixture.live, sums: nil, count: 1)
      dx.fill(.nan)
      kernel.differentiateFrozen(input: x, gradient: dy, mean: mean, variance: variance, live: fixture.live, into: dx)
      expectEqual(dx, frozen, live: fixture.live, tolerance: 2e-6, dead: .zero)

      let inPlace = fixture.gradients(seed: 14)
      kernel.differentiate(
        input: x, gradient: inPlace, mean: mean, variance: variance, live: fixture.live, gradientSum: gradientSum,
        productSum: productSum, count: total, into: inPlace)
      expectEqual(inPlace, expected, live: fixture.live, tolerance: 4e-6, dead: .zero)
    }
  }

  /// Another axis counts as the channels: the same as with the axes exchanged.
  @Test(arguments: Fixture.all, [1, 2, 3]) func anotherAxisIsTheChannels(fixture: Fixture, axis: Int) {
    let shape = fixture.shape
    guard axis < shape.rank, axis != 1 || shape.rank < 4 else { return }
    var order = Array(0..<shape.rank)
    order.swapAt(shape.rank - 1, shape.rank - 1 - axis)
    func exchanged(_ tensor: Tensor) -> Tensor {
      let result = Tensor(Shape(order.map { shape.dimensions[$0] }), lanes: fixture.lanes)
      Rearrangement.permute(tensor, order: order, into: result)
      return result
    }
    let (x, dy) = (fixture.activations(seed: 21), fixture.gradients(seed: 22))
    let (other, otherGradient) = (exchanged(x), exchanged(dy))
    let count = other.shape.channels
    let (mean, squares) = (unwritten(count), unwritten(count))
    let (otherMean, otherSquares) = (unwritten(count), unwritten(count))
    BatchNormalization.moments(x, live: fixture.live, mean: mean, squares: squares, axis: axis)
    BatchNormalization.moments(other, live: fixture.live, mean: otherMean, squares: otherSquares)
    expectEqual(mean, otherMean.doubles, tolerance: 1e-6)
    expectEqual(squares, otherSquares.doubles, tolerance: 1e-5)
    let gamma = Self.channels(count, seed: 23)
    let variance = Self.channels(count, seed: 24, positive: true)
    let kernel = BatchNormalization(gamma: gamma, beta: mean, epsilon: 1e-3, axis: axis)
    let plain = BatchNormalization(gamma: gamma, beta: mean, epsilon: 1e-3)
    let (y, otherOutput) = (fixture.output(), Tensor(other.shape, lanes: fixture.lanes))
    kernel.apply(x, mean: mean, variance: variance, into: y)
    plain.apply(other, mean: mean, variance: variance, into: otherOutput)
    for lane in 0..<fixture.live { #expect(exchanged(y).sample(lane) == otherOutput.sample(lane)) }
    let sums = (unwritten(count), unwritten(count))
    let otherSums = (unwritten(count), unwritten(count))
    kernel.sums(
      input: x, gradient: dy, mean: mean, variance: variance, live: fixture.live, gradientSum: sums.0,
      productSum: sums.1)
    plain.sums(
      input: other, gradient: otherGradient, mean: mean, variance: variance, live: fixture.live,
      gradientSum: otherSums.0, productSum: otherSums.1)
    expectEqual(sums.0, otherSums.0.doubles, tolerance: 1e-5)
    expectEqual(sums.1, otherSums.1.doubles, tolerance: 1e-5)
    kernel.differentiateFrozen(input: x, gradient: dy, mean: mean, variance: variance, live: fixture.live, into: y)
    plain.differentiateFrozen(
      input: other, gradient: otherGradient, mean: mean, variance: variance, live: fixture.live, into: otherOutput)
    for lane in 0..<fixture.live { #expect(exchanged(y).sample(lane) == otherOutput.sample(lane)) }
    expectBorderUntouched(y)
  }

  /// A few channels at a time give the same bits as all of them twice.
  @Test(arguments: [
    Fixture(shape: [40, 30, 7]), Fixture(shape: [9, 8, 70], lanes: 32, live: 20, border: Fixture.border),
    Fixture(shape: [5, 4, 3], live: 0), Fixture(shape: [64, 64, 64]),
  ])
  func measuringAndApplyingAtOnceChangesNothing(fixture: Fixture) {
    let count = fixture.shape.channels
    let elements = fixture.live * fixture.shape.count / count
    let x = fixture.activations(seed: 21, mean: 1)
    let dy = fixture.gradients(seed: 22)
    let kernel = BatchNormalization(
      gamma: Self.channels(count, seed: 23), beta: Self.channels(count, seed: 24), epsilon: 1e-3, maximum: 6)
    let buffers = (0..<10).map { _ in unwritten(count) }
    let outputs = (0..<4).map { _ in fixture.output() }

    BatchNormalization.moments(x, live: fixture.live, mean: buffers[0], squares: buffers[1])
    for channel in 0..<count { buffers[2][channel] = elements > 0 ? buffers[1][channel] / Float(elements) : 0 }
    kernel.apply(x, mean: buffers[0], variance: buffers[2], into: outputs[0])
    kernel.sums(
      input: x, gradient: dy, mean: buffers[0], variance: buffers[2], live: fixture.live, gradientSum: buffers[3],
      productSum: buffers[4])
    kernel.differentiate(
      input: x, gradient: dy, mean: buffers[0], variance: buffers[2], live: fixture.live, gradientSum: buffers[3],
      productSum: buffers[4], count: elements, into: outputs[1])

    kernel.measureAndApply(
      x, live: fixture.live, count: elements, mean: buffers[5], squares: buffers[6], variance: buffers[7],
      into: outputs[2])
    kernel.sumAndDifferentiate(
      input: x, gradient: dy, mean: buffers[5], variance: buffers[7], live: fixture.live, gradientSum: buffers[8],
      productSum: buffers[9], count: elements, into: outputs[3])

    for index in 0..<5 { #expect(buffers[index].values == buffers[index + 5].values) }
    for index in 0..<2 {
      #expect(bits(outputs[index]) == bits(outputs[index + 2]))
      #expect(outputs[index].sample(0).allSatisfy { $0.isFinite } || fixture.live == 0)
    }

    func bits(_ tensor: Tensor) -> [UInt32] { tensor.storage.values.map(\.bitPattern) }
  }

  /// An empty shard has no elements at all.
  @Test func emptyShardIsHarmless() {
    let fixture = Fixture(shape: [4, 3, 2], live: 0)
    let zeros = Buffer(count: 2)
    let dx = fixture.output()
    BatchNormalization(gamma: nil, beta: nil, epsilon: 1e-3).differentiate(
      input: fixture.activations(seed: 1), gradient: fixture.gradients(seed: 2), mean: zeros, variance: zeros, live: 0,
      gradientSum: zeros, productSum: zeros, count: 0, into: dx)
    expectEqual(dx, ReferenceTensor(fixture.shape, lanes: 16), live: 16, tolerance: 0, dead: .zero)
  }

  @Test func movingAveragesFollowKeras() {
    let moving = Buffer([1, 2, -3])
    let batch = Buffer([2, 2, 5])
    BatchNormalization.updateMoving(moving, with: batch, momentum: 0.75)
    #expect(moving.values == [1.25, 2, -1])
  }
}

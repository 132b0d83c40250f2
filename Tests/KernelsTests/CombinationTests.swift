import Kernels
import Tensors
import Testing

@Suite struct CombinationTests {
  static let operations: [Combination.Operation] = [.sum, .difference, .product, .maximum, .minimum]

  /// The second tensor has size 1 along every axis of `repeated`, counted from the channels by bits.
  @Test(arguments: Fixture.all, [0, 1, 2, 6, 7, 15]) func agreesWithTwin(fixture: Fixture, repeated: Int) {
    let rank = fixture.shape.rank
    let shape = Shape(
      fixture.shape.dimensions.enumerated().map { repeated >> (rank - 1 - $0.offset) & 1 == 1 ? 1 : $0.element })
    var small = fixture
    small.shape = shape
    let (x, other, dy) = (fixture.activations(seed: 1), small.activations(seed: 2), fixture.gradients(seed: 3))
    let (a, b) = (ReferenceTensor(x), ReferenceTensor(other))
    for operation in CombinationTests.operations {
      let y = fixture.output(border: Border(top: 1, left: 2))
      Combination.apply(operation, x, other, into: y)
      let expected = ReferenceCombination.apply(operation, a, b, like: a)
      expectEqual(y, expected, live: fixture.live, tolerance: 1e-6, dead: .anything)
    }
    let sums = small.output(border: Border(bottom: 1))
    Combination.sum(dy, times: x, into: sums)
    expectEqual(
      sums, ReferenceCombination.sum(ReferenceTensor(dy), times: a, into: b), live: fixture.live, tolerance: 1e-6,
      dead: .zero)
    Combination.copy(other, factor: -2, into: x)
    let expected = a.map { _, lane, position, channel in
      -2 * ReferenceCombination.repeated(b, a, lane, position, channel)
    }
    expectEqual(x, expected, live: fixture.live, tolerance: 1e-6, dead: .anything)
  }

  @Test func extremaKeepNaN() {
    let (x, z, y) = (Tensor([3], lanes: 16), Tensor([3], lanes: 16), Tensor([3], lanes: 16))
    x.setSample(0, [.nan, 1, 1])
    z.setSample(0, [1, .nan, 2])
    for (operation, last) in [(Combination.Operation.maximum, Float(2)), (.minimum, 1)] {
      Combination.apply(operation, x, z, into: y)
      let values = y.sample(0)
      #expect(values[0].isNaN && values[1].isNaN && values[2] == last)
    }
  }

  @Test func routesWhereValuesAreEqual() {
    let (x, z, values) = (Tensor([3], lanes: 16), Tensor([3], lanes: 16), Tensor([3], lanes: 16))
    x.setSample(0, [1, 2, 3])
    z.setSample(0, [1, 5, 3])
    values.setSample(0, [7, 8, 9])
    let y = Tensor([3], lanes: 16)
    Combination.route(values, where: x, equals: z, true, into: y)
    #expect(y.sample(0) == [7, 0, 9])
    Combination.route(values, where: x, equals: z, false, into: values)
    #expect(values.sample(0) == [0, 8, 0])
  }

  @Test func rearrangesInKerasOrder() {
    let x = Tensor([2, 3, 2], lanes: 16, border: Border(top: 1, left: 1))
    x.setSample(0, (0..<12).map(Float.init))
    let y = Tensor([2, 2, 3], lanes: 16)
    Rearrangement.permute(x, order: [2, 0, 1], into: y)
    #expect(y.sample(0) == [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11])
    let back = Tensor([2, 3, 2], lanes: 16)
    Rearrangement.permute(y, order: [2, 0, 1], inverted: true, into: back)
    #expect(back.sample(0) == x.sample(0))
    let small = Tensor([1, 2, 1], lanes: 16)
    small.setSample(0, [1, 2])
    let large = Tensor([2, 6, 1], lanes: 16, border: Border(right: 1))
    Rearrangement.enlarge(small, by: [2, 3], into: large)
    #expect(large.sample(0) == [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2])
    Rearrangement.differentiateEnlarging(gradient: large, by: [2, 3], into: small)
    #expect(small.sample(0) == [6, 12])
  }
}

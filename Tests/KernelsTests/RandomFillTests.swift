import Kernels
import Tensors
import Testing

@Suite struct RandomFillTests {
  static let distributions: [RandomFill.Distribution] = [
    .uniform(minimum: -0.25, maximum: 0.5), .normal(mean: 1, deviation: 0.5), .truncatedNormal(mean: 0, deviation: 1),
  ]

  @Test(arguments: distributions)
  func agreesWithTheReference(distribution: RandomFill.Distribution) {
    let buffer = Buffer(count: 4013)
    RandomFill(seed: 0x1234_5678_9ABC_DEF0, item: 5).draw(distribution, into: buffer)
    let expected = ReferenceRandomFill.draw(distribution, count: 4013, seed: 0x1234_5678_9ABC_DEF0, item: 5)
    for (value, wanted) in zip(buffer.values, expected) { #expect(abs(Double(value) - wanted) < 2e-6) }
  }

  /// Any part can be drawn alone: the bits do not depend on how the work is shared.
  @Test(arguments: distributions)
  func partsAreThoseOfTheWhole(distribution: RandomFill.Distribution) {
    let (whole, parts) = (Buffer(count: 1000), Buffer(count: 1000))
    let fill = RandomFill(seed: 3, item: 1)
    fill.draw(distribution, into: whole)
    for start in stride(from: 0, to: 1000, by: 192) {
      fill.draw(distribution, into: parts[start..<min(start + 192, 1000)], from: start)
    }
    #expect(whole.values == parts.values)
    RandomFill(seed: 3, item: 2).draw(distribution, into: parts)
    #expect(whole.values != parts.values)
  }

  @Test func distributionsHaveTheirMomentsAndTails() {
    let count = 1 << 20
    let buffer = Buffer(count: count)
    func deviation(_ distribution: RandomFill.Distribution) -> Double {
      RandomFill(seed: 1, item: 0).draw(distribution, into: buffer)
      let values = buffer.values.map { Double($0) }
      #expect(abs(values.reduce(0, +) / Double(count)) < 0.003)
      return (values.reduce(0) { $0 + $1 * $1 } / Double(count)).squareRoot()
    }
    #expect(abs(deviation(.uniform(minimum: -1, maximum: 1)) - 0.57735) < 0.001)
    #expect(abs(deviation(.truncatedNormal(mean: 0, deviation: 1)) - 0.87963) < 0.002)
    #expect(buffer.values.allSatisfy { abs($0) <= 2 } && buffer.values.contains { $0 > 1.99 })
    #expect(abs(deviation(.normal(mean: 0, deviation: 1)) - 1) < 0.002)
    // 66 of 2^20 normal numbers are expected beyond four deviations.
    #expect((30...110).contains(buffer.values.count { abs($0) > 4 }))
  }
}

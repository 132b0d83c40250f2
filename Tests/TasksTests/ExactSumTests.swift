import Foundation
import Tasks
import Tensors
import Testing

@Suite struct ExactSumTests {
  /// Sums of doubles of very different sizes, in any order, against whole-number arithmetic.
  @Test func sumsWithoutRounding() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let values = (0..<50).map { _ in
        Double.random(in: -1...1, using: &random) * pow(2, Double(Int.random(in: -60...60, using: &random)))
      }
      var sum = ExactSumProbe()
      for value in values { sum.add(value) }
      var other = ExactSumProbe()
      for value in values.shuffled(using: &random) { other.add(value) }
      #expect(sum == other)
      for value in values.reversed() { sum.add(-value) }
      #expect(sum.value == 0)
    }
  }

  @Test func roundsOnce() {
    var sum = ExactSumProbe()
    sum.add(1)
    for _ in 0..<1024 { sum.add(0x1p-60) }
    #expect(sum.value == 1 + 0x1p-50)
    sum.add(-1)
    #expect(sum.value == 0x1p-50)
    sum.add(0x1p140)
    sum.add(-0x1p140)
    #expect(sum.value == 0x1p-50)
    for value in [0.1, -0.1, 1e-30, 3e38, -7, 0x1.fffffffffffffp100] {
      var one = ExactSumProbe()
      one.add(value)
      #expect(one.value == value)
    }
  }

  @Test func saysWhatIsNotANumber() {
    for value in [Double.nan, .infinity, -.infinity, 0x1p160] {
      var sum = ExactSumProbe()
      sum.add(1)
      sum.add(value)
      sum.add(1)
      #expect(sum.value.isNaN)
    }
  }
}

/// One sum with words of its own.
private struct ExactSumProbe: Equatable {
  private var words = [Int64](repeating: 0, count: ExactSum.words)
  mutating func add(_ value: Double) { ExactSum.add(value, to: &words, at: 0) }
  var value: Double { ExactSum.value(words, at: 0) }
}

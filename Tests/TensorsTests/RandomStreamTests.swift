import Tensors
import Testing

@Suite struct RandomStreamTests {
  /// The known answers of the authors' Random123 distribution (`kat_vectors`, philox4x32 10).
  @Test func philoxGivesTheKnownAnswers() {
    let zero = RandomStream.philox(counter: [0, 0, 0, 0], key: [0, 0])
    #expect(zero == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    let ones = RandomStream.philox(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
    #expect(ones == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
    let pi = RandomStream.philox(
      counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0])
    #expect(pi == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
  }

  @Test func streamsDependOnEveryCoordinateAndOnNothingElse() {
    func first(_ seed: UInt64, _ item: Int, _ major: Int, _ minor: Int) -> UInt64 {
      var stream = RandomStream(seed: seed, purpose: .dropout, item: item, major: major, minor: minor)
      return stream.next()
    }
    #expect(first(1, 2, 3, 4) == first(1, 2, 3, 4))
    #expect(
      Set([first(1, 2, 3, 4), first(9, 2, 3, 4), first(1, 9, 3, 4), first(1, 2, 9, 4), first(1, 2, 3, 9)]).count == 5)
  }

  @Test func distributionsHaveTheirMoments() {
    var stream = RandomStream(seed: 7, purpose: .initialization)
    let count = 40_000
    let uniform = (0..<count).map { _ in Double(stream.uniform()) }
    #expect(abs(uniform.reduce(0, +) / Double(count) - 0.5) < 0.01)
    #expect(uniform.allSatisfy { (0..<1).contains($0) })
    let normal = (0..<count).map { _ in Double(stream.normal()) }
    #expect(abs(normal.reduce(0, +) / Double(count)) < 0.02)
    #expect(abs(normal.map { $0 * $0 }.reduce(0, +) / Double(count) - 1) < 0.03)
    var histogram = [Int](repeating: 0, count: 7)
    for _ in 0..<7000 { histogram[stream.integer(below: 7)] += 1 }
    #expect(histogram.allSatisfy { abs($0 - 1000) < 160 })
  }

  /// Mean a and variance a of the gamma distribution; mean 1/2 and variance 1 / (4 (2a + 1)) of the beta distribution.
  @Test(arguments: [0.2, 1, 3.5]) func gammaAndBetaHaveTheirMoments(shape: Double) {
    var random = RandomStream(seed: 3, purpose: .synthesis)
    let count = 40_000
    func moments(_ draw: () -> Double) -> (mean: Double, variance: Double) {
      let values = (0..<count).map { _ in draw() }
      let mean = values.reduce(0, +) / Double(count)
      return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count))
    }
    let gamma = moments { random.gamma(shape) }
    #expect(abs(gamma.mean - shape) < 0.03 * max(shape, 1) && abs(gamma.variance - shape) < 0.1 * max(shape, 1))
    let beta = moments { random.beta(shape, shape) }
    #expect(abs(beta.mean - 0.5) < 0.01 && abs(beta.variance - 1 / (4 * (2 * shape + 1))) < 0.005)
  }
}

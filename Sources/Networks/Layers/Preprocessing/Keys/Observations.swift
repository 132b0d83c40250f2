public import Kernels
public import Tensors

/// Counts and sums of the inputs that an adaptive layer has seen. Merging is exact: the order, and who saw what, does
/// not matter.
public struct Observations: Sendable, Codable {
  public internal(set) var keys = KeyCounts()
  /// Every number with how often it was seen.
  public internal(set) var numbers: [Float: Int] = [:]
  /// Of each place along the axes that a layer keeps: the sum and the sum of squares (`ExactSum`).
  public internal(set) var sums: [Int64] = []
  /// Numbers that each sum has.
  public internal(set) var count = 0

  public init() {}

  /// Adds the keys of the live samples, or the tokens of their texts.
  mutating func count(_ input: Tensor, _ form: KeyForm, _ tokens: TextTokens? = nil, live: Int) {
    let scratch = Buffer(count: CategoryKernels.scratch(input.shape, form))
    for lane in 0..<live {
      keys.add(
        CategoryKernels.keys(input, form, tokens: tokens, lane: lane, scratch: scratch).map {
          String(decoding: $0, as: UTF8.self)
        })
    }
  }

  mutating func takeNumbers(_ input: Tensor, live: Int) {
    for lane in 0..<live {
      for number in input.sample(lane) where !number.isNaN { numbers[number == 0 ? 0 : number, default: 0] += 1 }
    }
  }

  /// Adds numbers to the sums of their places.
  ///
  /// - Parameters:
  ///   - places: how many there are.
  ///   - place: of an element of a sample.
  mutating func addMoments(_ input: Tensor, live: Int, places: Int, place: [Int]) {
    if sums.isEmpty { sums = Array(repeating: 0, count: 2 * places * ExactSum.words) }
    for lane in 0..<live {
      for (value, place) in zip(input.sample(lane), place) {
        let value = Double(value)
        ExactSum.add(value, to: &sums, at: 2 * place * ExactSum.words)
        ExactSum.add(value * value, to: &sums, at: (2 * place + 1) * ExactSum.words)
      }
    }
    count += live * place.count / places
  }

  /// Mean and variance of each place.
  var moments: [(mean: Double, variance: Double)] {
    (0..<sums.count / (2 * ExactSum.words)).map { place in
      let mean = ExactSum.value(sums, at: 2 * place * ExactSum.words) / Double(count)
      let square = ExactSum.value(sums, at: (2 * place + 1) * ExactSum.words) / Double(count)
      return (mean, max(0, square - mean * mean))
    }
  }

  public mutating func merge(_ other: Observations) {
    keys.merge(other.keys)
    numbers.merge(other.numbers, uniquingKeysWith: +)
    if sums.isEmpty {
      sums = other.sums
    } else if !other.sums.isEmpty {
      for index in sums.indices { sums[index] += other.sums[index] }
    }
    count += other.count
  }
}

/// Keys with how often they were seen, and in how many samples.
public struct KeyCounts: Sendable, Codable {
  struct Count: Codable {
    var count = 0
    var documents = 0
  }

  private(set) var keys: [String: Count] = [:]
  /// Samples.
  private(set) var documents = 0

  mutating func add(_ sample: [String]) {
    for key in sample { keys[key, default: Count()].count += 1 }
    for key in Set(sample) { keys[key]!.documents += 1 }
    documents += 1
  }

  mutating func merge(_ other: KeyCounts) {
    keys.merge(other.keys) { Count(count: $0.count + $1.count, documents: $0.documents + $1.documents) }
    documents += other.documents
  }
}

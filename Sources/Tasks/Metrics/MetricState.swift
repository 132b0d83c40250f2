public import Tensors

/// What a metric has counted and summed so far.
///
/// States merge exactly: `words` are added, in any order and by anybody, and give the same bits. First come `tallies`
/// numbers, then `sums` ones. A tally is a whole number; where samples have weights, it is a sum of weights. Sums are
/// exact (`ExactSum`), so they take as many words each as that needs. Records are kept sample by sample, where a metric
/// asks for it (`Metric.keepsRecords`): merging appends those of later samples, so states with records are merged in
/// the order of the samples.
public struct MetricState: Hashable, Sendable, Codable {
  let tallies: Int
  let sums: Int
  /// Whether samples have weights.
  public let isWeighted: Bool
  /// Numbers that are merged by addition: all that training has to pool.
  public internal(set) var words: [Int64]
  /// In the order of the samples.
  public internal(set) var records: [Float] = []
  /// Room for counts of one sample; holds nothing between updates.
  var scratch: [Int64] = []

  private enum CodingKeys: CodingKey { case tallies, sums, isWeighted, words, records }

  /// - Parameters:
  ///   - tallies: how many things are counted.
  ///   - sums: how many numbers are summed.
  ///   - scratch: whole numbers that an update needs room for.
  init(tallies: Int = 0, sums: Int = 0, isWeighted: Bool, scratch: Int = 0) {
    (self.tallies, self.sums, self.isWeighted) = (tallies, sums, isWeighted)
    words = Array(repeating: 0, count: (isWeighted ? tallies : 0) * ExactSum.words + (isWeighted ? 0 : tallies)
        + sums * ExactSum.words)
    self.scratch = Array(repeating: 0, count: scratch)
  }

  /// Of whole numbers that were counted elsewhere.
  public init(tallies: [Int64]) {
    self.init(tallies: tallies.count, isWeighted: false)
    words = tallies
  }

  /// Writes the words into memory that is exchanged, from a position on.
  public func write(into buffer: Buffer, at position: inout Int) {
    for word in words {
      buffer[word: position] = word
      position += 1
    }
  }

  /// Adds words from such memory.
  public mutating func add(_ buffer: Buffer, from position: inout Int) {
    for index in words.indices {
      words[index] += buffer[word: position]
      position += 1
    }
  }

  /// Forgets all samples; the room stays.
  public mutating func reset() {
    for index in words.indices { words[index] = 0 }
    records.removeAll(keepingCapacity: true)
  }

  /// Takes over what another state of the same metric has, whose samples come later.
  public mutating func merge(_ other: MetricState) {
    precondition(
      tallies == other.tallies && sums == other.sums && isWeighted == other.isWeighted, "states of one metric")
    add(other.words)
    records += other.records
  }

  /// Adds the words of another state without records.
  public mutating func add(_ other: [Int64]) {
    precondition(words.count == other.count, "states of one metric")
    for index in words.indices { words[index] += other[index] }
  }

  /// Counts something `count` times, for a sample of a weight.
  mutating func count(_ tally: Int, _ count: Int64, weight: Float?) {
    precondition(tally >= 0 && tally < tallies && isWeighted == (weight != nil))
    if let weight {
      ExactSum.add(Double(weight) * Double(count), to: &words, at: tally * ExactSum.words)
    } else {
      words[tally] += count
    }
  }

  mutating func add(_ value: Double, to sum: Int) {
    ExactSum.add(value, to: &words, at: start(ofSum: sum))
  }

  func tally(_ index: Int) -> Double {
    precondition(index >= 0 && index < tallies)
    return isWeighted ? ExactSum.value(words, at: index * ExactSum.words) : Double(words[index])
  }

  func sum(_ index: Int) -> Double { ExactSum.value(words, at: start(ofSum: index)) }

  private func start(ofSum sum: Int) -> Int {
    precondition(sum >= 0 && sum < sums)
    return (isWeighted ? tallies * ExactSum.words : tallies) + sum * ExactSum.words
  }
}

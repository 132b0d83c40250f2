import Foundation
import Kernels
import Tensors

/// The known keys of a lookup, and what becomes of the others: what `StringLookup`, `IntegerLookup` and
/// `TextVectorization` share.
struct Vocabulary: Sendable {
  /// Whole numbers rather than texts.
  var isOfIntegers = false
  /// Keras's `max_tokens`: the most numbers, special ones included; nil for any.
  var most: Int?
  /// Keras's `num_oov_indices`: numbers for keys that are not in the vocabulary.
  var unknowns = 1
  /// The key that means nothing; nil for none.
  var mask: String?
  /// What stands for keys that are not in the vocabulary.
  var unknown: String?
  var mode = CategoryEncoder.Mode.integers
  /// Whether there are `most` numbers, whatever the vocabulary.
  var isPadded = false
  var spread = KeyLookup.Spread.hash(.fast)
  /// Without special ones; nil before `adapt`.
  var tokens: [String]?
  /// Numbers that there are, as a file says it that holds the vocabulary elsewhere.
  var size: Int?
  /// Of every number, special ones included; for `frequencies`.
  var weights: [Float] = []

  /// The number of the first key that is not in the vocabulary.
  var firstUnknown: Int { mask != nil && mode == .integers ? 1 : 0 }
  var firstToken: Int { firstUnknown + unknowns }
  /// Numbers that there are; before `adapt`, as many as are known.
  var depth: Int { isPadded ? most! : max(1, tokens.map { firstToken + $0.count } ?? size ?? firstToken) }

  var encoder: CategoryEncoder {
    CategoryEncoder(mode, depth: depth, weights: mode == .frequencies ? encoderWeights : [])
  }

  /// Of every number.
  var encoderWeights: [Float] {
    let known = weights.prefix(depth)
    return known + Array(repeating: 0, count: depth - known.count)
  }

  var numbering: KeyNumbering {
    .lookup(
      KeyLookup(
        (tokens ?? []).map { Array($0.utf8) }, mask: mask.map { Array($0.utf8) },
        maskNumber: mode == .integers ? 0 : nil, firstUnknown: firstUnknown, unknowns: unknowns, spread: spread))
  }

  /// Takes over a vocabulary as Keras writes it, with special keys at its start or without them.
  ///
  /// - Parameter given: weights, of the keys that are given.
  mutating func set(_ keys: [String], weights given: [Float], _ place: String) throws(ImportError) {
    let special = Array(repeating: mask ?? "", count: firstUnknown) + Array(repeating: unknown ?? "", count: unknowns)
    let hasSpecial = !special.isEmpty && keys.starts(with: special)
    let tokens = hasSpecial ? Array(keys.dropFirst(special.count)) : keys
    guard Set(tokens).count == tokens.count else {
      throw ImportError("\(place): the vocabulary has a key twice; keep one of them.")
    }
    guard most.map({ firstToken + tokens.count <= $0 }) ?? true else {
      throw ImportError(
        "\(place): the vocabulary has \(tokens.count) keys beside \(firstToken) special ones, but max_tokens is "
          + "\(most!); shorten it or make max_tokens larger.")
    }
    // Keras writes special keys alone where nothing was adapted.
    guard !tokens.isEmpty else { return }
    self.tokens = tokens
    guard mode == .frequencies else { return }
    guard given.count == keys.count || hasSpecial && given.count == depth else {
      throw ImportError(
        "\(place): has \(given.count) idf_weights for \(keys.count) keys; give one for each key of the vocabulary.")
    }
    let average = Float(given.reduce(0.0) { $0 + Double($1) } / Double(max(1, given.count)))
    weights = hasSpecial ? given : Array(repeating: average, count: firstToken) + given
  }

  /// The order of keys: numbers by size, texts by their bytes.
  private func precedes(_ first: String, _ second: String) -> Bool {
    isOfIntegers ? Int(first)! < Int(second)! : first.utf8.lexicographicallyPrecedes(second.utf8)
  }

  /// Takes over what was counted, as Keras's `adapt` does: the most frequent first, equally frequent ones backwards.
  mutating func set(_ counts: KeyCounts) {
    let isSpecial = Set([mask, unknown].compactMap(\.self))
    let sorted = counts.keys.filter { !isSpecial.contains($0.key) }.sorted {
      $0.value.count != $1.value.count ? $0.value.count > $1.value.count : precedes($1.key, $0.key)
    }
    let kept = sorted.prefix(most.map { max(0, $0 - firstToken) } ?? sorted.count)
    tokens = kept.map(\.key)
    guard mode == .frequencies else { return }
    // idf = ln(1 + documents / (1 + documents with the key)).
    let own = kept.map { Float(log1p(Double(counts.documents) / Double(1 + $0.value.documents))) }
    let average = Float(own.reduce(0.0) { $0 + Double($1) } / Double(max(1, own.count)))
    weights = Array(repeating: average, count: firstToken) + own
  }
}

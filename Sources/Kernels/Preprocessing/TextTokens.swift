public import Tensors

/// Words, letters or runs of them in a text (Keras's `TextVectorization`). Upper-case ASCII letters become lower-case
/// ones, as `tf.strings.lower` does by default.
public struct TextTokens: Hashable, Sendable {
  public enum Split: String, Hashable, Sendable {
    case whitespace, character
  }

  private let lowers: Bool, strips: Bool
  /// Nil takes the text as one token.
  public let split: Split?
  /// How many tokens become one; empty leaves them alone.
  public let runs: [Int]

  /// - Parameter strips: whether ASCII punctuation is left out.
  public init(lowers: Bool, strips: Bool, split: Split?, runs: [Int]) {
    precondition(runs.allSatisfy { $0 > 0 } && (split != nil || runs.isEmpty))
    (self.lowers, self.strips, self.split, self.runs) = (lowers, strips, split, runs)
  }

  /// Bytes of memory for texts of so many bytes: the text, its tokens with a byte behind each, and a run of them.
  static func memory(forTextsOf bytes: Int) -> Int { 5 * bytes + 8 }

  /// Calls `body` with every token, in Keras's order: the shortest runs first.
  ///
  /// - Parameters:
  ///   - bytes: the text, which is changed; the memory behind it is used.
  ///   - count: of its bytes.
  ///   - capacity: the most bytes of a text.
  func forEach(
    in bytes: UnsafeMutablePointer<UInt8>, count: Int, capacity: Int,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    let count = unsafe standardized(bytes, count)
    guard let split else { return unsafe body(UnsafeBufferPointer(start: bytes, count: count)) }
    // Tokens with 0 behind each, which is in no text.
    let tokens = unsafe bytes + capacity
    let end = unsafe split == .whitespace ? words(bytes, count, tokens) : letters(bytes, count, tokens)
    let run = unsafe tokens + 2 * capacity + 4
    for length in runs.isEmpty ? [1][...] : runs[...] {
      var start = 0
      while start < end {
        var (stop, found) = (start, 0)
        while stop < end, found < length {
          while unsafe tokens[stop] != 0 { stop += 1 }
          found += 1
          stop += 1
        }
        guard found == length else { break }
        let size = stop - 1 - start
        for index in 0..<size { unsafe run[index] = tokens[start + index] == 0 ? 32 : tokens[start + index] }
        unsafe body(UnsafeBufferPointer(start: run, count: size))
        while unsafe tokens[start] != 0 { start += 1 }
        start += 1
      }
    }
  }

  private func standardized(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
    guard lowers || strips else { return count }
    var end = 0
    for index in 0..<count {
      let byte = unsafe bytes[index]
      if strips, TextTokens.isPunctuation(byte) { continue }
      unsafe bytes[end] = lowers && (65...90).contains(byte) ? byte + 32 : byte
      end += 1
    }
    return end
  }

  private static func isPunctuation(_ byte: UInt8) -> Bool {
    (33...47).contains(byte) || (58...64).contains(byte) || (91...96).contains(byte) || (123...126).contains(byte)
  }

  private func words(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ tokens: UnsafeMutablePointer<UInt8>) -> Int {
    var (end, isInside) = (0, false)
    for index in 0..<count {
      let byte = unsafe bytes[index]
      let isSpace = byte == 32 || (9...13).contains(byte)
      if !isSpace || isInside {
        unsafe tokens[end] = isSpace ? 0 : byte
        end += 1
      }
      isInside = !isSpace
    }
    if isInside {
      unsafe tokens[end] = 0
      end += 1
    }
    return end
  }

  /// Code points of UTF-8.
  private func letters(
    _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ tokens: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var end = 0
    for index in 0..<count {
      unsafe tokens[end] = bytes[index]
      end += 1
      let isLast = unsafe index + 1 == count || bytes[index + 1] & 0xc0 != 0x80
      if isLast {
        unsafe tokens[end] = 0
        end += 1
      }
    }
    return end
  }
}

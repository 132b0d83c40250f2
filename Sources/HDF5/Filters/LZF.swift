/// LZF, by which h5py compresses chunks with `compression="lzf"` (Marc Lehmann's LibLZF).
///
/// A byte below 32 is followed by that many bytes and one more as they are. Any other begins a repetition: its upper
/// three bits are the length less 2, or 7 where a byte follows that is added; its lower five, with the next byte, how
/// far back it begins, less 1.
package enum LZF {
  /// The filter's number in files.
  static let filter: Int32 = 32000

  /// Bytes that come out; nil where the input ends too early or repeats what lies before its beginning.
  package static func count(of input: [UInt8]) -> Int? {
    var count = 0
    let isSound = read(input) { part in
      switch part {
      case .bytes(let range): count += range.count
      case .repetition(let distance, let length):
        guard distance <= count else { return false }
        count += length
      }
      return true
    }
    return isSound ? count : nil
  }

  /// What comes out; nil where that is not exactly so many bytes. No more memory than for these is taken.
  package static func decompress(_ input: [UInt8], count: Int) -> [UInt8]? {
    var output: [UInt8] = []
    output.reserveCapacity(count)
    let isSound = read(input) { part in
      switch part {
      case .bytes(let range):
        guard output.count + range.count <= count else { return false }
        output += input[range]
      case .repetition(let distance, let length):
        guard distance <= output.count, output.count + length <= count else { return false }
        // It may repeat what it has just written.
        for _ in 0..<length { output.append(output[output.count - distance]) }
      }
      return true
    }
    return isSound && output.count == count ? output : nil
  }

  private enum Part {
    case bytes(Range<Int>)
    case repetition(distance: Int, length: Int)
  }

  /// Takes the input apart; false where it ends in the middle of a part, or where the body says so.
  private static func read(_ input: [UInt8], _ body: (Part) -> Bool) -> Bool {
    var place = 0
    func next() -> Int? {
      guard place < input.count else { return nil }
      place += 1
      return Int(input[place - 1])
    }
    while let control = next() {
      if control < 32 {
        let end = place + control + 1
        guard end <= input.count, body(.bytes(place..<end)) else { return false }
        place = end
        continue
      }
      var length = control >> 5
      if length == 7 {
        guard let more = next() else { return false }
        length += more
      }
      guard let low = next(), body(.repetition(distance: (control & 31) << 8 + low + 1, length: length + 2)) else {
        return false
      }
    }
    return true
  }
}

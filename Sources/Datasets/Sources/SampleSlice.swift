/// A part of the samples of a source in their order, in the words of TensorFlow Datasets: `[:10%]`, `[10%:25%]`,
/// `[1000:]`, `[-10%:]`.
struct SampleSlice: Sendable {
  /// As it was written.
  let text: String
  private let start: Boundary?
  private let end: Boundary?

  private enum Boundary {
    case samples(Int)
    /// Percent.
    case share(Double)
  }

  /// The location without the slice that it ends with; nil where it ends with none.
  static func split(_ location: String) throws(DataError) -> (base: String, slice: SampleSlice)? {
    let pattern = /^(.+)\[(-?[0-9.]*%?):(-?[0-9.]*%?)\]$/
    guard let match = location.wholeMatch(of: pattern) else { return nil }
    func boundary(_ text: Substring) throws(DataError) -> Boundary? {
      if text.isEmpty { return nil }
      if text.hasSuffix("%"), let percent = Double(text.dropLast()), abs(percent) <= 100 { return .share(percent) }
      if let samples = Int(text) { return .samples(samples) }
      throw DataError(
        location, "'\(text)' is neither a number of samples nor a share of -100% to 100%",
        remedy: "write a part such as [:10%] or [1000:2000]")
    }
    let text = "[\(match.2):\(match.3)]"
    return (String(match.1), SampleSlice(text: text, start: try boundary(match.2), end: try boundary(match.3)))
  }

  /// Positions of the part; shares are rounded to whole samples, halves to even, as there.
  func range(of count: Int, _ location: String) throws(DataError) -> Range<Int> {
    func place(_ boundary: Boundary?, or usual: Int) -> Int {
      switch boundary {
      case nil: usual
      case .samples(let number): number < 0 ? count + number : number
      case .share(let percent):
        Int((Double(count) * (percent < 0 ? 100 + percent : percent) / 100).rounded(.toNearestOrEven))
      }
    }
    let (first, last) = (place(start, or: 0), place(end, or: count))
    guard first >= 0, last <= count, first < last else {
      throw DataError(
        location, "\(text) takes samples \(first) to \(last) of \(count)", remedy: "give a part with samples in it")
    }
    return first..<last
  }
}

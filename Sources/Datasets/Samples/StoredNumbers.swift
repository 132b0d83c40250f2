/// The numbers that samples hold: their element, and the range that they lie in.
///
/// The range of bytes is declared, 0 to 255. That of floats is the one seen in some samples, the same on every rank;
/// numbers that fill the range of a usual scale (0 to 1, 0 to 255, 0 to 65,535) are taken to lie on it.
public struct StoredNumbers: Hashable, Sendable {
  public let element: SampleElement
  public let lowest: Double, highest: Double

  public static let bytes = StoredNumbers(.byte, 0, 255)

  /// Samples that are looked at.
  private static let samples = 64
  /// Of usual scales, with the least that the brightest of some images reaches.
  private static let scales: [(full: Double, least: Double)] = [(1, 0), (255, 16), (65_535, 4096)]

  public init(_ element: SampleElement, _ lowest: Double, _ highest: Double) {
    (self.element, self.lowest, self.highest) = (element, lowest, highest)
  }

  /// The numbers of a source's images; nil where it has none, or none of those that are looked at can be read.
  public init?(of source: any DataSource) {
    guard source.hasImage else { return nil }
    guard source.element == .float else {
      self = .bytes
      return
    }
    var (lowest, highest) = (Double.infinity, -Double.infinity)
    let looked = min(StoredNumbers.samples, source.count)
    for sample in 0..<looked {
      // A sample that cannot be read is reported when it is used.
      guard let numbers = try? source.numbers(sample * source.count / looked) else { continue }
      for number in numbers where number.isFinite { (lowest, highest) = (min(lowest, number), max(highest, number)) }
    }
    guard lowest <= highest else { return nil }
    let scale = StoredNumbers.scales.first { lowest >= 0 && highest > $0.least && highest <= $0.full * 1.002 }
    if let scale { (lowest, highest) = (0, scale.full) }
    self.init(.float, lowest, highest)
  }

  /// The number of white on a usual scale; nil where numbers lie on none.
  public var fullScale: Double? {
    lowest == 0 ? StoredNumbers.scales.first { $0.full == highest }?.full : nil
  }

  /// `0 to 255`
  public var text: String { "\(StoredNumbers.text(lowest)) to \(StoredNumbers.text(highest))" }

  /// A number with three digits behind the point at most.
  static func text(_ number: Double) -> String {
    let rounded = (number * 1000).rounded() / 1000
    return rounded == rounded.rounded() && rounded.magnitude < 1e15 ? String(Int(rounded)) : String(rounded)
  }
}

/// Written `{element: byte, range: [0, 255]}`.
extension StoredNumbers: Codable {
  private enum CodingKeys: String, CodingKey { case element, range }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let range = try values.decode([Double].self, forKey: .range)
    guard range.count == 2, range.allSatisfy(\.isFinite), range[0] <= range[1] else {
      throw DecodingError.dataCorruptedError(
        forKey: .range, in: values,
        debugDescription: "the least and the greatest number are expected, such as [0, 255]")
    }
    self.init(try values.decode(SampleElement.self, forKey: .element), range[0], range[1])
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(element, forKey: .element)
    try values.encode([lowest, highest], forKey: .range)
  }
}

extension DataSource {
  /// The stored numbers of one sample.
  ///
  /// - Parameter column: its position.
  public func numbers(_ index: Int, of column: Int = 0) throws(DataError) -> [Double] {
    let bytes = try bytes(of: [column], at: index)
    guard columns[column].element == .float else { return bytes.map(Double.init) }
    return stride(from: 0, to: bytes.count, by: 4).map { start in
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
      return Double(Float(bitPattern: bits))
    }
  }
}

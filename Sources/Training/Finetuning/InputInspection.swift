public import Datasets
import Tensors

/// Looks at some samples for what spoils a fine-tuning, and what is made of its model, in silence: images that were scaled
/// before, and channels in the order BGR.
public struct InputInspection {
  /// A sentence for each suspicion.
  public private(set) var notices: [String] = []

  private static let samples = 64
  /// Fewer pictures may well be of the sky.
  private static let fewestFiles = 16

  public init(_ source: any DataSource, _ preprocessing: Preprocessing) {
    let channels = source.shape.channels
    var (least, greatest, count) = (Double.infinity, -Double.infinity, 0)
    var sums = Array(repeating: 0.0, count: channels)
    let looked = min(InputInspection.samples, source.count)
    for sample in 0..<looked {
      // A sample that cannot be read is reported when it is trained on.
      guard let bytes = try? source.sample(sample * source.count / looked) else { continue }
      for (index, value) in InputInspection.numbers(bytes, source.element).enumerated() {
        (least, greatest) = (min(least, value), max(greatest, value))
        sums[index % channels] += value
      }
      count += source.shape.count / channels
    }
    guard count > 0 else { return }
    let means = sums.map { $0 / Double(count) }
    let scale = preprocessing.scale ?? (source.element == .byte ? 1 / 255.0 : 1)
    let wanted = preprocessing.mode.map { "'preprocessing.mode' \($0.rawValue) is" } ?? "'preprocessing.scale' \(scale) is"
    if preprocessing.mode != nil || scale < 0.1, greatest <= 1.5 {
      notices.append(
        "the images of \(source.location) hold numbers from \(least) to \(greatest), as if they were scaled already, but "
          + "\(wanted) for 0 to 255: store them as bytes, or give another 'preprocessing'.")
    }
    // Of daylight, skin and earth red is the brightest. Files are decoded to RGB, whatever a program has made of them before: of
    // many, and with more difference, because water and sky are blue.
    let isFile = source.name(of: 0) != nil
    let isImage = source.shape.rank == 3 && channels == 3 && (!isFile || looked >= InputInspection.fewestFiles)
    if isImage, means[2] - means[0] > (isFile ? 0.15 : 0.06) * (greatest - least) {
      notices.append(
        "the images of \(source.location) are bluer than they are red (means \(means.map { String(Int($0.rounded())) }.joined(separator: ", "))), "
          + "as if their channels were in the order BGR: store them as RGB, as preprocessing takes them.")
    }
  }

  private static func numbers(_ bytes: [UInt8], _ element: SampleElement) -> [Double] {
    switch element {
    case .byte: bytes.map(Double.init)
    case .float:
      stride(from: 0, to: bytes.count, by: 4).map { start in
        let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
        return Double(Float(bitPattern: bits))
      }
    }
  }
}

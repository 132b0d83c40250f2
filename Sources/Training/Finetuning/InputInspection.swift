import Datasets
import Tensors

/// Looks at some samples for what spoils a fine-tuning in silence: images that were scaled before, and channels in the order
/// BGR.
struct InputInspection {
  /// A sentence for each suspicion.
  private(set) var notices: [String] = []

  private static let samples = 64

  init(_ source: any DataSource, _ preprocessing: Preprocessing) {
    let channels = source.shape.channels
    var (least, greatest, count) = (Double.infinity, -Double.infinity, 0)
    var sums = Array(repeating: 0.0, count: channels)
    let wanted = min(InputInspection.samples, source.count)
    for sample in 0..<wanted {
      // A sample that cannot be read is reported when it is trained on.
      guard let bytes = try? source.sample(sample * source.count / wanted) else { continue }
      for (index, value) in InputInspection.numbers(bytes, source.element).enumerated() {
        (least, greatest) = (min(least, value), max(greatest, value))
        sums[index % channels] += value
      }
      count += source.shape.count / channels
    }
    guard count > 0 else { return }
    let means = sums.map { $0 / Double(count) }
    if let mode = preprocessing.mode, greatest <= 1.5 {
      notices.append(
        "the images of \(source.location) hold numbers from \(least) to \(greatest), as if they were scaled already, but "
          + "'preprocessing.mode' \(mode.rawValue) is for 0 to 255: store them as bytes, or give 'preprocessing.scale' instead.")
    }
    // Files of images are decoded to RGB. Of daylight, skin and earth red is the brightest.
    let isImage = source.shape.rank == 3 && channels == 3 && source.classNames.isEmpty
    if isImage, means[2] - means[0] > 0.06 * (greatest - least) {
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

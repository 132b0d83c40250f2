public import Datasets
import Tensors

/// Looks at some samples for what spoils a model, and what is made of it, in silence: images that were scaled before,
/// and channels in the order BGR.
public struct InputInspection {
  /// A sentence for each suspicion.
  public private(set) var notices: [String] = []

  private static let samples = 64
  /// Fewer pictures may well be of the sky.
  private static let fewestFiles = 16

  /// - Parameter hasWeights: whether the model has been trained already, so that the order of its channels is settled.
  public init(_ source: any DataSource, _ preprocessing: Preprocessing, hasWeights: Bool = true) {
    // Random images say nothing.
    guard !source.isRandom else { return }
    for position in source.columns.indices where source.columns[position].kind == .image {
      inspect(source, position, preprocessing, hasWeights: hasWeights)
    }
  }

  private mutating func inspect(
    _ source: any DataSource, _ position: Int, _ preprocessing: Preprocessing, hasWeights: Bool
  ) {
    let (column, isFirst) = (source.columns[position], position == 0)
    let name = isFirst ? "images" : "images '\(column.name)'"
    let channels = column.shape.channels
    var (least, greatest, count) = (Double.infinity, -Double.infinity, 0)
    var sums = Array(repeating: 0.0, count: channels)
    let looked = min(InputInspection.samples, source.count)
    for sample in 0..<looked {
      // A sample that cannot be read is reported when it is trained on.
      guard let numbers = try? source.numbers(sample * source.count / looked, of: position) else { continue }
      for (index, value) in numbers.enumerated() {
        (least, greatest) = (min(least, value), max(greatest, value))
        sums[index % channels] += value
      }
      count += column.shape.count / channels
    }
    guard count > 0 else { return }
    let means = sums.map { $0 / Double(count) }
    let element = isFirst ? preprocessing.stored?.element ?? column.element : column.element
    let scale = preprocessing.scale ?? (element == .byte ? 1 / 255.0 : 1)
    // Data that does not fit is refused by who prepares it.
    let factor = isFirst ? (try? Preparation(for: source, preprocessing))?.conversionFactor ?? 1 : 1
    let wanted =
      preprocessing.mode.map { "'preprocessing.mode' \($0.rawValue) is" } ?? "'preprocessing.scale' \(scale) is"
    if preprocessing.mode != nil || scale < 0.1, greatest <= 1.5, factor == 1 {
      notices.append(
        "the \(name) of \(source.location) hold numbers from \(least) to \(greatest), as if they were scaled already, "
          + "but "
          + "\(wanted) for 0 to 255: store them as bytes, or give another 'preprocessing'.")
    }
    // Of daylight, skin and earth red is the brightest. Files are decoded to RGB, whatever a program has made of them
    // before: of many, and with more difference, because water and sky are blue.
    let isFile = source.name(of: 0) != nil
    let isImage = column.shape.rank == 3 && channels == 3 && (!isFile || looked >= InputInspection.fewestFiles)
    if hasWeights, isImage, means[2] - means[0] > (isFile ? 0.15 : 0.06) * (greatest - least) {
      notices.append(
        "the \(name) of \(source.location) are bluer than they are red (means "
          + "\(means.map { String(Int($0.rounded())) }.joined(separator: ", "))), "
          + "as if their channels were in the order BGR: store them as RGB, as preprocessing takes them.")
    }
  }
}

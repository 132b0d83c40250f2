import Tensors

/// A sample as it is noted down before anything of it is refused.
struct SurveyedSample: Sendable {
  /// What messages call it: its file, or its place in one.
  var name: String
  /// The first image, which is compared with those of other samples.
  var picture: Picture?
  /// Images of further columns.
  var others: [Picture] = []
  var mask: Picture?
  /// The classes that it is of, by name or number; nil where that could not be found out.
  var labels: [String]?
  var boxes: [SurveyedBox] = []
  /// The size that an annotation says.
  var annotatedSize: (height: Int, width: Int)?
  var group: String?

  enum Picture: Sendable {
    case file(StoredFile)
    case row(any SampleArray, Int, Column)
    case sample(any DataSource, Int)
  }
}

/// A box as it is written.
struct SurveyedBox: Hashable, Sendable {
  var numbers: [Double]
  var format = BoxFormat.xyxy
  /// By name or number; nil where boxes have none.
  var label: String?

  var text: String {
    "(\(numbers.map { StoredNumbers.text($0) }.joined(separator: ", "))) as \(format.rawValue)"
      + (label.map { " of \($0)" } ?? "")
  }

  /// What is wrong with it.
  func fault(height: Int, width: Int) -> FindingKind? {
    guard numbers.count >= 4, numbers.allSatisfy(\.isFinite) else { return .boxNumbers }
    return
      switch format.fault(
        (Float(numbers[0]), Float(numbers[1]), Float(numbers[2]), Float(numbers[3])), height: height, width: width)
    {
    case nil: nil
    case .inverted: .boxInverted
    case .withoutArea: .boxWithoutArea
    case .outside: .boxOutside
    }
  }
}

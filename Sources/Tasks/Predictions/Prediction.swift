public import Networks

/// A model's answer for one sample: for people, for scripts, and drawn on the image.
public protocol Prediction: Encodable, Sendable {
  /// What JSON gives: one object for each thing that is said.
  var entries: [JSONValue] { get }
  /// One line.
  var text: String { get }
  /// What the columns of `rows` are called.
  var header: [String] { get }
  /// One row of a table for each thing that is said.
  var rows: [[String]] { get }
  /// The class of every pixel, where that is what is said.
  var mask: MaskPrediction? { get }
  /// Draws on the image that the sample was made of.
  func draw(on picture: inout Picture)
}

extension Prediction {
  public var mask: MaskPrediction? { nil }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(entries)
  }

  /// A table for several files: the file's name in every row.
  public func table(file: String) -> [String] {
    rows.map { ([file] + $0).map(ReportText.field).joined(separator: ",") }
  }

  public var tableHeader: String { (["file"] + header).map(ReportText.field).joined(separator: ",") }
}

import Foundation
public import Networks

/// The box around the one object in an image, and its class.
public struct BoxPrediction: Prediction {
  /// In shares of the image's width and height.
  public let box: Box
  /// Nil where only the box is predicted.
  public let classes: ClassPrediction?

  public init(box: Box, classes: ClassPrediction?) { (self.box, self.classes) = (box, classes) }

  private var sides: [Double] { [box.left, box.top, box.right, box.bottom] }

  public var entries: [JSONValue] {
    let corners = JSONValue.array(sides.map { .number($0) })
    guard let classes else { return [.object(["box": corners])] }
    return classes.answers.map { answer in
      .object((answer.entry.asObject ?? [:]).merging(["box": corners]) { _, new in new })
    }
  }

  public var text: String {
    let corners = sides.map { String(format: "%.3f", $0) }.joined(separator: ", ")
    return (classes.map { "\($0.text) " } ?? "") + "at \(corners)"
  }

  public var header: [String] { (classes?.header ?? []) + ["left", "top", "right", "bottom"] }

  public var rows: [[String]] {
    let corners = sides.map { String($0) }
    return classes.map { $0.rows.map { $0 + corners } } ?? [corners]
  }

  public func draw(on picture: inout Picture) {
    let answer = classes?.answers.first
    picture.draw(box, number: answer?.index ?? 1, label: answer?.text ?? "")
  }
}

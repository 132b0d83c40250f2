import Foundation

/// A matrix of counts as a picture: a row for each label, a column for each class that its images were taken for, the
/// darker the larger the share of the row.
struct MatrixPicture {
  /// Up to so many classes have their names and figures in the picture; more are told by what a browser shows at the
  /// pointer.
  private static let labelled = 40

  private let names: [String]
  private let rows: [[Int]]
  private let title: String

  init(_ matrix: ReportMatrix, title: String) {
    (names, rows, self.title) = (matrix.classNames, matrix.rows, title)
  }

  var svg: String {
    let isLabelled = names.count <= MatrixPicture.labelled
    let cell = isLabelled ? 36 : max(1, 1200 / names.count)
    let longest = names.map(\.count).max() ?? 0
    // Seven pixels are the width of a letter of this size.
    let margin = isLabelled ? 40 + 7 * longest : 40
    let size = cell * names.count
    let heading = "\(title); rows: label, columns: taken for"
    let width = max(margin + size + 20, 16 + 7 * heading.count)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(margin + size + 20)\" "
        + "font-family=\"sans-serif\" font-size=\"12\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
      "<text x=\"8\" y=\"18\">\(ReportText.xml(heading))</text>",
      "<rect x=\"\(margin)\" y=\"\(margin)\" width=\"\(size)\" height=\"\(size)\" "
        + "fill=\"#f4f6f9\" stroke=\"#8090a0\"/>",
    ]
    if isLabelled {
      for (index, name) in names.enumerated() {
        let middle = margin + index * cell + cell / 2
        lines.append("<text x=\"\(margin - 6)\" y=\"\(middle + 4)\" text-anchor=\"end\">\(ReportText.xml(name))</text>")
        lines.append(
          "<text transform=\"translate(\(middle + 4) \(margin - 6)) rotate(-90)\">\(ReportText.xml(name))</text>")
      }
    }
    for (label, row) in rows.enumerated() {
      let total = row.reduce(0, +)
      for (predicted, count) in row.enumerated() where count > 0 {
        let (x, y) = (margin + predicted * cell, margin + label * cell)
        let share = Double(count) / Double(total)
        let hint = "\(ReportText.xml(names[label])) taken for \(ReportText.xml(names[predicted])): \(count) of \(total)"
        lines.append(
          "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(cell)\" height=\"\(cell)\" "
            + "fill=\"\(color(share, isRight: label == predicted))\"><title>\(hint)</title></rect>"
        )
        guard isLabelled else { continue }
        lines.append(
          "<text x=\"\(x + cell / 2)\" y=\"\(y + cell / 2 + 4)\" text-anchor=\"middle\" "
            + "fill=\"\(share > 0.5 ? "#ffffff" : "#202830")\" pointer-events=\"none\">\(count)</text>"
        )
      }
    }
    return (lines + ["</svg>"]).map { $0 + "\n" }.joined()
  }

  /// From nearly white to blue where the classes are the same, to red where they are not.
  private func color(_ share: Double, isRight: Bool) -> String {
    // Single mistakes among many images must still be seen.
    let depth = 0.12 + 0.88 * share
    func channel(_ full: Double) -> Int { Int((255 + (full - 255) * depth).rounded()) }
    let parts = isRight ? [channel(20), channel(70), channel(150)] : [channel(180), channel(30), channel(30)]
    return "#" + parts.map { String(format: "%02x", $0) }.joined()
  }
}

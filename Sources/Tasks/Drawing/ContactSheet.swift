/// A picture of many small ones side by side, with lines of text below each and headings between them.
public struct ContactSheet {
  /// Pixels that a picture takes at most, each way.
  public static let side = 192

  private static let margin = 8
  private static let columns = 6
  private static let line = BitmapFont.height + 2
  /// Letters that fit below a picture.
  private static let letters = side / (BitmapFont.width + 1)

  private enum Entry {
    case heading(String)
    case picture(Picture, [String])
  }

  private var entries: [Entry] = []

  public init() {}

  public var isEmpty: Bool { entries.isEmpty }

  /// Begins a new row under a heading.
  public mutating func begin(_ heading: String) { entries.append(.heading(heading)) }

  /// - Parameter caption: lines, cut where they are too long.
  public mutating func add(_ picture: Picture, caption: [String]) {
    let small = picture.enlarged(to: ContactSheet.side).reduced(to: ContactSheet.side)
    entries.append(.picture(small, caption.filter { !$0.isEmpty }))
  }

  /// All of it.
  public var picture: Picture {
    // Rows of pictures of one height each.
    var rows: [[(Picture, [String])]] = []
    var headings: [Int: String] = [:]
    for entry in entries {
      switch entry {
      case .heading(let text):
        headings[rows.count] = text
        rows.append([])
      case .picture(let picture, let caption):
        if rows.isEmpty || rows[rows.count - 1].count == ContactSheet.columns { rows.append([]) }
        rows[rows.count - 1].append((picture, caption))
      }
    }
    let heights = rows.enumerated().map { index, row in
      let tallest = row.map { $0.0.height + ContactSheet.line * $0.1.count }.max() ?? 0
      return tallest + 2 * ContactSheet.margin + (headings[index] == nil ? 0 : 2 * ContactSheet.line)
    }
    let cell = ContactSheet.side + ContactSheet.margin
    let width = min(ContactSheet.columns, max(1, rows.map(\.count).max() ?? 1))
    let widest = headings.values.map { Picture.textWidth($0, scale: 1) }.max() ?? 0
    let size = (height: max(1, heights.reduce(0, +)), width: max(width * cell, widest) + ContactSheet.margin)
    var sheet = Picture(
      height: size.height, width: size.width, bytes: Array(repeating: 255, count: size.height * size.width * 3))
    var top = 0
    for (index, row) in rows.enumerated() {
      var start = top + ContactSheet.margin
      if let heading = headings[index] {
        sheet.write(heading, row: start, column: ContactSheet.margin, .black, scale: 1)
        start += 2 * ContactSheet.line
      }
      for (place, (picture, caption)) in row.enumerated() {
        let left = ContactSheet.margin + place * cell
        sheet.paste(picture, row: start, column: left)
        for (number, text) in caption.enumerated() {
          let cut = text.count > ContactSheet.letters ? "\(text.prefix(ContactSheet.letters - 2)).." : text
          sheet.write(
            cut, row: start + picture.height + 2 + number * ContactSheet.line, column: left, .black, scale: 1)
        }
      }
      top += heights[index]
    }
    return sheet
  }
}

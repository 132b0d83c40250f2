/// A small reader of XML: whether tags are closed in order, and what `title` elements say.
struct XMLCheck {
  private(set) var isWellFormed = true
  private(set) var titles: [String] = []

  init(_ text: String) {
    var open: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      if rest[..<start].contains(where: { ">".contains($0) }) { isWellFormed = false }
      if open.last == "title" { titles.append(XMLCheck.plain(rest[..<start])) }
      guard let end = rest[start...].firstIndex(of: ">") else { break }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        if open.popLast() != tag.dropFirst() { isWellFormed = false }
      } else if !tag.hasSuffix("/") {
        open.append(tag.prefix { $0 != " " })
      }
    }
    if !open.isEmpty || rest.contains("<") { isWellFormed = false }
  }

  private static func plain(_ substring: Substring) -> String {
    let text = String(substring)
    return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"").replacing(
      "&amp;", with: "&")
  }
}

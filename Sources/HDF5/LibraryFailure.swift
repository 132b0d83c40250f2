/// A C call that failed, before it is known which file and object it was about.
struct LibraryFailure: Error {
  /// The library's descriptions, the most specific first.
  let stack: [String]

  /// What the operating system said, if it refused something, such as more space on the disk.
  var systemText: String? {
    let mark = "error message = '"
    for text in stack {
      guard let start = text.firstRange(of: mark)?.upperBound else { continue }
      return String(text[start...].prefix { $0 != "'" })
    }
    return nil
  }

  /// Why it failed, on one line.
  var text: String {
    let text = systemText ?? stack.first ?? "the library gave no reason"
    return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}

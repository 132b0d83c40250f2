/// An annotation as PASCAL VOC's tools write it: XML with the size of an image and the boxes of the objects in it.
struct AnnotationFile {
  private(set) var size: (height: Int, width: Int)?
  private(set) var boxes: [SurveyedBox] = []

  /// - Returns: nil where it is no such file.
  init?(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self),
      let whole = AnnotationFile.elements("annotation", in: text[...]).first
    else { return nil }
    if let size = AnnotationFile.elements("size", in: whole).first,
      let height = AnnotationFile.number("height", in: size), let width = AnnotationFile.number("width", in: size),
      height > 0, width > 0
    {
      self.size = (Int(height), Int(width))
    }
    boxes = AnnotationFile.elements("object", in: whole).map { object in
      let place = AnnotationFile.elements("bndbox", in: object).first ?? ""
      let numbers = ["xmin", "ymin", "xmax", "ymax"].map { AnnotationFile.number($0, in: place) ?? .nan }
      return SurveyedBox(numbers: numbers, label: AnnotationFile.elements("name", in: object).first.map(String.init))
    }
  }

  /// What stands between the marks of each element of a name.
  private static func elements(_ name: String, in text: Substring) -> [Substring] {
    var (found, rest) = ([Substring](), text)
    while let start = rest.firstRange(of: "<\(name)") {
      rest = rest[start.upperBound...]
      // An attribute may follow; another letter makes it another name.
      guard let next = rest.first, next == ">" || next.isWhitespace else { continue }
      guard let close = rest.firstIndex(of: ">"), let end = rest.firstRange(of: "</\(name)>"),
        close < end.lowerBound
      else { break }
      found.append(rest[rest.index(after: close)..<end.lowerBound])
      rest = rest[end.upperBound...]
    }
    return found
  }

  private static func number(_ name: String, in text: Substring) -> Double? {
    elements(name, in: text).first.flatMap { Double($0.filter { !$0.isWhitespace }) }
  }
}

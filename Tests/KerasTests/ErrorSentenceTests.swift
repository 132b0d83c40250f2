import Foundation
import Testing

/// Every sentence about a layer or a file of Keras says what to do: behind a semicolon, as what must be, or as a name
/// that was meant.
@Suite struct ErrorSentenceTests {
  /// A call that makes an error, with all of its text.
  struct Sentence: CustomTestStringConvertible, Sendable {
    let place: String
    let text: String

    var testDescription: String { place }

    /// What another sentence goes into, which says it.
    private static let wrapped = ["description", "problem", "sentence", "obstacle", "hint"].map { "\\(\($0))" }

    var saysWhatToDo: Bool {
      let isWrapping = Sentence.wrapped.contains { text.contains($0) } || text.contains("\\(error.description)")
      return isWrapping || text.contains(";") || text.contains(" must ") || text.contains("suggestion(for:")
    }
  }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let makers = [
    "ShapeError(", "ImportError(", "PlanError(", "KerasError(", " refusal(", ".error(", "throw error(", "problem: ",
  ]

  static let sentences: [Sentence] = ["Sources/Networks", "Sources/Keras"].flatMap { folder in
    let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.compactMap { $0 as? String }
    return (names ?? []).filter { $0.hasSuffix(".swift") }.sorted().flatMap { name -> [Sentence] in
      let text = (try? String(contentsOf: root.appending(path: "\(folder)/\(name)"), encoding: .utf8)) ?? ""
      return makers.flatMap { maker in
        text.ranges(of: maker).compactMap { range -> Sentence? in
          let line = text[..<range.lowerBound].count { $0 == "\n" } + 1
          let call = call(text[range.upperBound...])
          let isText = maker != "problem: " || call.hasPrefix("\"") || call.hasPrefix("\n")
          guard isText, call.contains("\"") else { return nil }
          return Sentence(place: "\(folder)/\(name):\(line)", text: call)
        }
      }
    }
  }

  /// Up to the parenthesis that closes what was opened before.
  private static func call(_ text: Substring) -> String {
    var depth = 1
    let end = text.firstIndex { character in
      depth += character == "(" ? 1 : character == ")" ? -1 : 0
      return depth == 0
    }
    return String(text[..<(end ?? text.endIndex)])
  }

  @Test func sentencesAreFound() { #expect(ErrorSentenceTests.sentences.count > 200) }

  @Test(arguments: sentences) func sentenceSaysWhatToDo(_ sentence: Sentence) {
    #expect(sentence.saysWhatToDo, "\(sentence.place): \(sentence.text)")
  }
}

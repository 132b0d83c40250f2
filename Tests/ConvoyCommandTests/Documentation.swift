import Foundation

/// A page of the documentation, as far as tests look at it.
struct Documentation {
  /// Relative to the repository.
  let name: String
  let lines: [String]

  /// The pages that people read who use Convoy or change it: README and all of the folder `docs`.
  static let pages: [String] = {
    let folder = ConvoyProcess.root.appending(path: "docs").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return ["README.md"] + names.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
  }()

  init(_ name: String) throws {
    self.name = name
    let text = try String(contentsOf: ConvoyProcess.root.appending(path: name), encoding: .utf8)
    lines = text.components(separatedBy: "\n")
  }

  /// The contents of the blocks between ``` of a language, which is empty for commands and what they print.
  func blocks(_ language: String) -> [String] {
    var blocks: [String] = []
    var open: (language: String, lines: [String])?
    for line in lines {
      if line.hasPrefix("```") {
        if let block = open, block.language == language { blocks.append(block.lines.joined(separator: "\n") + "\n") }
        open = open == nil ? (String(line.dropFirst(3)), []) : nil
      } else {
        open?.lines.append(line)
      }
    }
    return blocks
  }

  /// Lines outside of blocks.
  var prose: [(number: Int, text: String)] {
    var isInBlock = false
    return lines.enumerated().compactMap { index, line in
      if line.hasPrefix("```") { isInBlock.toggle() }
      return isInBlock || line.hasPrefix("```") ? nil : (index + 1, line)
    }
  }

  /// The targets of links, such as `docs/history.md#fields`.
  var links: [String] {
    prose.flatMap { line in line.text.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) } }
  }

  /// What GitHub calls the headings in links.
  var anchors: Set<String> {
    Set(
      prose.compactMap { line in
        guard line.text.hasPrefix("#") else { return nil }
        let title = line.text.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
        return String(title.filter { $0.isLetter || $0.isNumber || " -_".contains($0) }.map { $0 == " " ? "-" : $0 })
      })
  }

  /// Every `convoy COMMAND …` in the page, to the end of its line or of its quotation.
  var commands: [(command: String, arguments: String)] {
    lines.flatMap { line in
      line.matches(of: /(?:\$convoy|\bconvoy) ([a-z][a-z-]*)([^`]*)/).map { (String($0.1), String($0.2)) }
    }
  }
}

/// Counts what a folder of images holds beside them, by the reason why it is left out.
struct LeftOut {
  enum Reason: CaseIterable {
    case hidden, system, otherKind, special, folder

    fileprivate func text(_ count: Int) -> String {
      let isOne = count == 1
      return switch self {
      case .hidden: isOne ? "1 hidden file or folder" : "\(count) hidden files and folders"
      case .system: isOne ? "1 leftover of an operating system" : "\(count) leftovers of operating systems"
      case .otherKind: isOne ? "1 file that is no image" : "\(count) files that are no images"
      case .special: isOne ? "1 that is neither a file nor a folder" : "\(count) that are neither files nor folders"
      case .folder: isOne ? "1 folder without images" : "\(count) folders without images"
      }
    }
  }

  private var counts: [Reason: Int] = [:]
  /// The first name of each.
  private var examples: [Reason: String] = [:]

  mutating func add(_ name: String, _ reason: Reason) {
    counts[reason, default: 0] += 1
    if examples[reason] == nil { examples[reason] = name }
  }

  mutating func add(_ other: LeftOut) {
    counts.merge(other.counts, uniquingKeysWith: +)
    examples.merge(other.examples) { first, _ in first }
  }

  /// `3 hidden files and folders (.DS_Store), 1 file that is no image (README.txt)`; nil where nothing was left out.
  var text: String? {
    let parts = Reason.allCases.compactMap { reason in
      counts[reason].map { "\(reason.text($0)) (\($0 == 1 ? "" : "such as ")\(examples[reason]!))" }
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}

/// One case of a finding: the files that it is about, and what is known of it.
public struct DataFault: Hashable, Sendable, Codable {
  public let kind: FindingKind
  /// Files, or places in a file; several where they belong together, such as an image that is there twice.
  public let files: [String]
  /// Empty where the kind says it all.
  public let detail: String

  init(_ kind: FindingKind, _ files: [String], _ detail: String = "") {
    (self.kind, self.files, self.detail) = (kind, files, detail)
  }

  init(_ kind: FindingKind, _ file: String, _ detail: String = "") { self.init(kind, [file], detail) }
}

/// All cases of one kind in one split of the data.
public struct DataFinding: Hashable, Sendable, Codable {
  public let severity: FindingKind.Severity
  public let kind: FindingKind
  /// The split that it is in; nil for what is between splits.
  public let split: String?
  /// What was found, with the first files.
  public let sentence: String
  /// What a reader can do.
  public let remedy: String
  public let cases: [Case]

  public struct Case: Hashable, Sendable, Codable {
    public let files: [String]
    public let detail: String
  }

  /// Cases, and files of each, that a sentence names.
  private static let shown = 3

  /// - Parameter faults: of one kind, at least one.
  private init(_ faults: [DataFault], in split: String?) {
    kind = faults[0].kind
    (severity, remedy, self.split) = (kind.severity, kind.remedy, split)
    cases = faults.map { Case(files: $0.files, detail: $0.detail) }
    let named = faults.prefix(DataFinding.shown).map { fault in
      let files = fault.files.prefix(DataFinding.shown).joined(separator: " = ")
      let more = fault.files.count - DataFinding.shown
      return files + (more > 0 ? " and \(more) more" : "") + (fault.detail.isEmpty ? "" : " (\(fault.detail))")
    }
    let rest = faults.count - named.count
    sentence =
      (split.map { "\($0): " } ?? "") + kind.sentence(faults.count) + ": " + named.joined(separator: ", ")
      + (rest > 0 ? " and \(rest) more" : "")
  }

  /// Findings of faults by kind, in the order of the kinds.
  public static func of(_ faults: [DataFault], in split: String?) -> [DataFinding] {
    let kinds = Dictionary(grouping: faults, by: \.kind)
    return FindingKind.allCases.compactMap { kind in kinds[kind].map { DataFinding($0, in: split) } }
  }
}

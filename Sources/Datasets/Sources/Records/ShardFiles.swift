import Glibc

/// The files of data that is dealt out to several: a pattern with braces, `part-{000..003}.tar`, or with `*`, `?` and
/// `[...]`, or those of a split in a folder.
enum ShardFiles {
  /// Whether a path has something to expand.
  static func isPattern(_ path: String) -> Bool { path.contains { "*?{[".contains($0) } }

  /// The files of a pattern, those of a brace in its order, others by name; at least one.
  static func matching(_ pattern: String) throws(DataError) -> [String] {
    var files: [String] = []
    for path in try expanded(pattern) {
      guard path.contains(where: { "*?[".contains($0) }) else {
        guard Files.kind(path) == .file else {
          throw DataError(path, "does not exist", remedy: "correct the pattern \(pattern)")
        }
        files.append(path)
        continue
      }
      let found = glob(path).filter { Files.kind($0) == .file }
      guard !found.isEmpty else { throw DataError(path, "matches no files", remedy: "correct the pattern") }
      files += found
    }
    if let twice = files.first(where: { file in files.count { $0 == file } > 1 }) {
      throw DataError(twice, "is matched twice", remedy: "correct the pattern \(pattern)")
    }
    try checkCounts(files)
    return files
  }

  /// Files of a folder that are shards, by name; those whose names say the split, where one is given: `train-0001.tar`,
  /// `flowers-train.tfrecord-00000-of-00002`, or `train/0001.tar`. Empty where there are none.
  static func inside(_ folder: String, split: String?) throws(DataError) -> [String] {
    func shards(_ folder: String) throws(DataError) -> [String] {
      try Files.entries(of: folder).filter { $0.kind == .file && !$0.name.hasPrefix(".") && isShard($0.name) }
        .map(\.name)
    }
    var files: [String] = []
    if let split, Files.kind("\(folder)/\(split)") == .folder {
      files = try shards("\(folder)/\(split)").map { "\(folder)/\(split)/\($0)" }
    }
    if files.isEmpty {
      files = try shards(folder).filter { name in
        split == nil || name.lowercased().split(whereSeparator: { !$0.isLetter }).contains { $0 == split! }
      }.map { "\(folder)/\($0)" }
    }
    let endings = Set(files.map { $0.hasSuffix(".tar") })
    guard endings.count < 2 else {
      throw DataError(folder, "holds tar archives and TFRecord files", remedy: "name one kind by a pattern")
    }
    try checkCounts(files)
    return files
  }

  static func isShard(_ name: String) -> Bool { name.hasSuffix(".tar") || isRecords(name) }

  /// TFRecord files have no mark of their own.
  static func isRecords(_ path: String) -> Bool {
    let name = path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
    return name.contains(".tfrecord") || name.contains(".tfrec")
  }

  /// Refuses files of which the name says that there are more.
  private static func checkCounts(_ files: [String]) throws(DataError) {
    for file in files {
      guard let match = file.firstMatch(of: /^(.*)-([0-9]{5})-of-([0-9]{5})$/), let count = Int(match.3) else {
        continue
      }
      let found = files.count { $0.hasPrefix("\(match.1)-") && $0.hasSuffix("-of-\(match.3)") }
      guard found == count else {
        throw DataError(
          file, "is one of \(count) files by its name, but \(found) are there", remedy: "add the others or rename it")
      }
    }
  }

  /// Without braces: `{0..3}` counts, with as many digits as are written, `{a,b}` lists.
  private static func expanded(_ pattern: String) throws(DataError) -> [String] {
    guard let open = pattern.firstIndex(of: "{") else { return [pattern] }
    let wrong = DataError(
      pattern, "has a brace that is neither {000..003} nor {a,b}", remedy: "correct it, or remove it")
    guard let close = pattern[open...].firstIndex(of: "}") else { throw wrong }
    let inner = pattern[pattern.index(after: open)..<close]
    var parts = inner.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if let range = inner.wholeMatch(of: /([0-9]+)\.\.([0-9]+)/) {
      guard let first = Int(range.1), let last = Int(range.2), first <= last, last - first < 1_000_000 else {
        throw wrong
      }
      parts = (first...last).map { number in
        let digits = String(number)
        return String(repeating: "0", count: max(0, range.1.count - digits.count)) + digits
      }
    } else if parts.count < 2 {
      throw wrong
    }
    var all: [String] = []
    for part in parts {
      all += try expanded("\(pattern[..<open])\(part)\(pattern[pattern.index(after: close)...])")
    }
    return all
  }

  private static func glob(_ pattern: String) -> [String] {
    var found = unsafe glob_t()
    defer { unsafe globfree(&found) }
    guard unsafe Glibc.glob(pattern, GLOB_NOSORT, nil, &found) == 0 else { return [] }
    let paths = unsafe (0..<Int(found.gl_pathc)).compactMap { place in
      unsafe found.gl_pathv[place].map { unsafe String(cString: $0) }
    }
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

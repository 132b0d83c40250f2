/// Tar archives with samples as WebDataset has them: members with the same name up to its first point follow each other
/// and are one sample, `0001.jpg`, `0001.cls` and `0001.json`; what is behind the point is the column.
///
/// The image of a sample, whatever its format, is also the column `image`, and `left.jpg` is `left`. The keys of `json`
/// are columns of their own.
enum TarShards {
  static func read(_ paths: [String], location: String) throws(DataError) -> SampleTable {
    var columns: [String: [StoredFile?]] = [:]
    var (about, samples) = ([[String: JSONCell]](), [String]())
    for path in paths {
      let file = try TarFile(path)
      var keys: Set<String> = []
      for member in file.members {
        guard let (key, column) = TarShards.parts(member.name) else { continue }
        let sample = "\(path), sample \(key)"
        if samples.last != sample {
          guard keys.insert(key).inserted else {
            throw DataError(
              sample, "has members that do not follow each other",
              remedy: "write all files of a sample one after the other")
          }
          samples.append(sample)
          about.append([:])
        }
        if column == "json" {
          about[samples.count - 1] = try JSONCell.fields(try file.bytes(member), "\(path)/\(member.name)")
        }
        let stored = StoredFile(path, member: member.name, at: member.range)
        for name in [column] + ImageRule.columns(ofEnding: column) {
          var cells = columns[name] ?? []
          guard cells.count < samples.count else {
            throw DataError(sample, "has two files '\(name)'", remedy: "remove one of them")
          }
          cells += Array(repeating: nil, count: samples.count - 1 - cells.count) + [stored]
          columns[name] = cells
        }
      }
    }
    guard !samples.isEmpty else {
      throw DataError(location, "holds no samples", remedy: "name members KEY.jpg, KEY.cls, KEY.json")
    }
    var all = JSONCell.columns(about)
    for (name, cells) in columns where name != "json" {
      all[name] = .files(cells + Array(repeating: nil, count: samples.count - cells.count))
    }
    var table = SampleTable(location, count: samples.count, columns: all) { [samples] in samples[$0] }
    if all["cls"] != nil { table.usual["label"] = ColumnChoice(.category, from: ["cls"]) }
    return table
  }

  /// The key of a name, up to its first point and with its folders, and the ending behind it; nil for a file left out.
  private static func parts(_ name: String) -> (key: String, column: String)? {
    let start = name.lastIndex(of: "/").map(name.index(after:)) ?? name.startIndex
    guard let point = name[start...].firstIndex(of: "."), point > start, !name.contains("__MACOSX") else { return nil }
    return (String(name[..<point]), name[name.index(after: point)...].lowercased())
  }
}

import HDF5

/// Paths of groups and datasets that can all be in one file: no two are the same, and no dataset has anything in it.
struct PathNamespace {
  /// What Keras puts into one attribute at most is twice as long.
  private static let mostBytes = 32_000
  /// What is left of a name that is longer.
  private static let shortenedBytes = 1_000

  private var claimed: Set<String> = []
  /// Claimed ones and all that are above something.
  private var groups: Set<String> = []
  private var datasets: Set<String> = []

  /// - Parameter reserved: paths that are never given.
  init(without reserved: [String] = []) { datasets = Set(reserved) }

  /// Takes the first group that nobody has yet, together with what is to be in it: of the name itself, else with a
  /// number behind its first part.
  ///
  /// - Parameters:
  ///   - prefix: what the path begins with.
  ///   - members: paths of the datasets in a group.
  mutating func claim(_ name: String, under prefix: String = "", members: (String) -> [String]) -> String {
    let parts = ObjectPath.names(in: PathNamespace.usable(name))
    var number = 0
    while true {
      let first = number == 0 ? parts[0] : "\(parts[0])_\(number)"
      let group = prefix + ([first] + parts.dropFirst()).joined(separator: "/")
      let members = members(group)
      if !claimed.contains(group), isFree(group), members.allSatisfy({ !groups.contains($0) && isFree($0) }) {
        claimed.insert(group)
        groups.formUnion(PathNamespace.above(group) + [group] + members.flatMap(PathNamespace.above))
        datasets.formUnion(members)
        return group
      }
      number += 1
    }
  }

  /// Whether nothing of the path is a dataset.
  private func isFree(_ path: String) -> Bool {
    !datasets.contains(path) && PathNamespace.above(path).allSatisfy { !datasets.contains($0) }
  }

  /// The groups that a path leads through.
  private static func above(_ path: String) -> [String] {
    path.utf8.indices.filter { path.utf8[$0] == UInt8(ascii: "/") }.map { String(path[..<$0]) }
  }

  /// A path that HDF5 takes as it is.
  private static func usable(_ name: String) -> String {
    let path = ObjectPath.canonical(name.filter { $0 != "\0" })
    guard path.utf8.count > mostBytes else { return path.isEmpty ? "layer" : path }
    var (short, bytes) = ("", 0)
    for character in path {
      bytes += character.utf8.count
      guard bytes <= shortenedBytes else { break }
      short.append(character)
    }
    return short.isEmpty ? "layer" : ObjectPath.canonical(short)
  }
}

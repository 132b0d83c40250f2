import Glibc

/// The control groups around this process that bound its memory: version 2 and version 1, from its own up to the
/// outermost that can be seen.
struct ControlGroups {
  let limits: [MemoryLimit]

  private enum Version { case one, two }

  /// Larger ones are how version 1 writes that there is none.
  private static let most = 1 << 60

  init(root: String) {
    var limits: [MemoryLimit] = []
    let mounts = SystemFile("\(root)/proc/self/mountinfo").lines
    for line in SystemFile("\(root)/proc/self/cgroup").lines {
      // 4:memory:/path or 0::/path
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let version: Version
      if parts[0] == "0", parts[1].isEmpty {
        version = .two
      } else if parts[1].split(separator: ",").contains("memory") {
        version = .one
      } else {
        continue
      }
      for mount in mounts.compactMap({ ControlGroups.mount($0, version) }) {
        limits += ControlGroups.limits(root: root, group: String(parts[2]), mount, version)
      }
    }
    self.limits = limits
  }

  /// Where groups of a version are mounted, and which of them lies there.
  private static func mount(_ line: Substring, _ version: Version) -> (point: String, group: String)? {
    // 35 31 0:32 /group /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
    let fields = line.split(separator: " ")
    guard let dash = fields.firstIndex(of: "-"), dash >= 5, fields.count > dash + 3 else { return nil }
    let isMemory = fields[dash + 3].split(separator: ",").contains("memory")
    guard version == .two ? fields[dash + 1] == "cgroup2" : fields[dash + 1] == "cgroup" && isMemory else { return nil }
    return (String(fields[4]), String(fields[3]))
  }

  /// Of a group and those around it.
  private static func limits(
    root: String, group: String, _ mount: (point: String, group: String), _ version: Version
  ) -> [MemoryLimit] {
    // A container sees its own group at the mount point, whatever the group is called outside.
    var names = group.split(separator: "/").map(String.init)
    let outer = mount.group.split(separator: "/").map(String.init)
    if names.starts(with: outer) { names.removeFirst(outer.count) }
    let isThere = unsafe access(folder(root, mount.point, names), F_OK) == 0
    if names.contains("..") || !isThere { names = [] }
    return (0...names.count).reversed().compactMap { count in
      limit(
        folder(root, mount.point, Array(names[..<count])), name: "/" + names[..<count].joined(separator: "/"), version)
    }
  }

  private static func folder(_ root: String, _ point: String, _ names: [String]) -> String {
    ([root + point] + names).joined(separator: "/")
  }

  /// What a group leaves: its limit without what its processes hold, file contents that can be read again not counted.
  private static func limit(_ folder: String, name: String, _ version: Version) -> MemoryLimit? {
    let (keys, usage, prefix) =
      version == .two
      ? (["memory.max", "memory.high"], "memory.current", "")
      : (["memory.limit_in_bytes"], "memory.usage_in_bytes", "total_")
    let bounds = keys.compactMap { key in SystemFile("\(folder)/\(key)").number.map { (key: key, bytes: $0) } }
    guard let bound = bounds.min(by: { $0.bytes < $1.bytes }), bound.bytes < most else { return nil }
    let held = SystemFile("\(folder)/\(usage)").number ?? 0
    let statistics = SystemFile("\(folder)/memory.stat")
    let files = ["inactive_file", "active_file"].reduce(0) { $0 + (statistics.value(prefix + $1) ?? 0) }
    let slabs = statistics.value("slab_reclaimable") ?? 0
    return MemoryLimit(
      name: "the control group \(name) (\(bound.key))", left: bound.bytes - max(0, held - files - slabs), isShared: true
    )
  }
}

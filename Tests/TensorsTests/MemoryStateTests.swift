import Foundation
import Tensors
import Testing

/// The memory that is left is read from what the kernel says, here from folders that look like its own.
@Suite struct MemoryStateTests {
  /// A machine of 8,000 kB, of which the process holds 1,000, and more files.
  private func state(_ files: [String: String]) throws -> MemoryState {
    let root = FileManager.default.temporaryDirectory.appending(path: "memory-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    let machine = [
      "proc/meminfo": "MemTotal:       16000 kB\nMemFree:         100 kB\nMemAvailable:   8000 kB\n",
      "proc/self/status":
        "Name:\tconvoy\nVmPeak:\t    9999 kB\nVmSize:\t    5000 kB\nVmRSS:\t    1000 kB\nVmData:\t    2000 kB\n",
    ]
    for (name, text) in machine.merging(files, uniquingKeysWith: { $1 }) {
      let url = root.appending(path: name)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    return MemoryState(root: root.path)
  }

  private func text(_ state: MemoryState) -> [String] { state.limits.map { "\($0.name): \($0.left)" } }

  private static let two = "31 23 0:28 / /sys/fs/cgroup rw,relatime shared:4 master:1 - cgroup2 cgroup2 rw\n"
  private static let one = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"

  @Test func machineIsALimitThatAllShare() throws {
    let state = try state([:])
    #expect(
      state.resident == 1000 << 10
        && state.limits == [MemoryLimit(name: "the machine", left: 8000 << 10, isShared: true)])
  }

  @Test func groupsOfVersionTwoAreNested() throws {
    let state = try state([
      "proc/self/mountinfo": MemoryStateTests.two, "proc/self/cgroup": "0::/slurm/job 7/step\n",
      // Its own group has no limit; the one around it is half full of files; the outermost throttles.
      "sys/fs/cgroup/slurm/job 7/step/memory.max": "max\n", "sys/fs/cgroup/slurm/job 7/step/memory.high": "max\n",
      "sys/fs/cgroup/slurm/job 7/memory.max": "4096000\n", "sys/fs/cgroup/slurm/job 7/memory.current": "3000000\n",
      "sys/fs/cgroup/slurm/job 7/memory.stat":
        "anon 900000\nfile 1500000\ninactive_file 1000000\nactive_file 500000\nslab_reclaimable 100000\n",
      "sys/fs/cgroup/slurm/memory.max": "900000000\n", "sys/fs/cgroup/slurm/memory.high": "5000000\n",
      "sys/fs/cgroup/slurm/memory.current": "4000000\n", "sys/fs/cgroup/slurm/memory.stat": "inactive_file 0\n",
    ])
    #expect(
      text(state) == [
        "the machine: 8192000", "the control group /slurm/job 7 (memory.max): 2696000",
        "the control group /slurm (memory.high): 1000000",
      ])
    #expect(state.tightest?.left == 1_000_000)
  }

  @Test func groupsOfVersionOneAreNested() throws {
    let state = try state([
      "proc/self/mountinfo": MemoryStateTests.one + "34 31 0:31 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n",
      "proc/self/cgroup": "5:cpu,cpuacct:/other\n4:memory:/a/b\n0::/\n",
      "sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": "9223372036854771712\n",
      "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "2000000\n",
      "sys/fs/cgroup/memory/a/memory.usage_in_bytes": "1500000\n",
      "sys/fs/cgroup/memory/a/memory.stat":
        "cache 1\ninactive_file 7\ntotal_inactive_file 200000\ntotal_active_file 100000\n",
    ])
    #expect(text(state) == ["the machine: 8192000", "the control group /a (memory.limit_in_bytes): 800000"])
  }

  /// A container's group is mounted as if it were the outermost one.
  @Test(arguments: ["/docker/1f", "/../..", "/gone"]) func containersSeeTheirGroupAtTheMount(_ mounted: String) throws {
    let state = try state([
      "proc/self/mountinfo": "35 31 0:32 \(mounted) /sys/fs/cgroup rw - cgroup2 cgroup rw\n",
      "proc/self/cgroup": "0::\(mounted == "/docker/1f" ? "/docker/1f/inner" : "/../elsewhere")\n",
      "sys/fs/cgroup/memory.max": "3000000\n", "sys/fs/cgroup/memory.current": "1000000\n",
      "sys/fs/cgroup/inner/memory.max": "max\n",
    ])
    #expect(text(state).last == "the control group / (memory.max): 2000000")
  }

  @Test func limitsOfTheShellAreTheProcesss() throws {
    let state = try state([
      "proc/self/limits": """
      Limit                     Soft Limit           Hard Limit           Units
      Max data size             3072000              unlimited            bytes
      Max stack size            8388608              unlimited            bytes
      Max address space         5120001              9000000              bytes
      """
    ])
    #expect(
      state.limits.dropFirst().map(\.left) == [1, 1_024_000] && state.limits.dropFirst().allSatisfy { !$0.isShared })
  }

  /// A limit below what is held leaves nothing, not less.
  @Test func nothingIsTheLeast() throws {
    let state = try state(["proc/self/limits": "Max address space         1000    unlimited  bytes\n"])
    #expect(state.tightest?.left == 0)
  }

  @Test func realMachineIsRead() {
    #expect(
      MemoryState.current.resident > 1 << 20
        && MemoryState.current.limits.contains { $0.name == "the machine" && $0.left > 1 << 20 })
  }

  @Test func shortageNamesWhoLacksWhat() {
    let state = MemoryState(
      resident: 1 << 20,
      limits: [
        MemoryLimit(name: "the machine", left: 6 << 20, isShared: true),
        MemoryLimit(name: "a shell", left: 4 << 20, isShared: false),
      ])
    #expect(state.shortage(of: 5 << 20, for: "x", remedy: "y") == nil)
    #expect(
      state.shortage(of: 6 << 20, for: "x", remedy: "do y")?.description
        == "x needs 6.0 MiB of memory, but a shell leaves 5.0 MiB; do y.")
    #expect(
      state.shortage(of: 5 << 20, processes: 2, for: "x", remedy: "do y")?.description
        == "x needs 10.0 MiB of memory in 2 processes, but the machine leaves 8.0 MiB; do y.")
    #expect(state.shortage(of: .max, processes: 2, for: "x", remedy: "y") != nil)
  }

  /// What the system does not give is an error, whatever the size.
  @Test(arguments: [1 << 44, 1 << 50, Int.max]) func arenasThatAreTooLargeAreErrors(_ count: Int) {
    #expect(throws: MemoryError.self) { _ = try Arena(reserving: count) }
  }
}

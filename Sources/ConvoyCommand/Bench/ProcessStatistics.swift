import Foundation

/// Linux's figures of this process.
enum ProcessStatistics {
  /// Most bytes that were ever resident.
  static var peakMemory: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) * 1024
  }

  /// Seconds since the process was started, to a hundredth.
  static var age: Double {
    let ticksPerSecond = 100.0
    guard let uptime = (try? String(contentsOfFile: "/proc/uptime", encoding: .utf8))?.split(separator: " ").first,
      let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
      // The name of the program, in parentheses, may hold spaces; the start time is the 20th field behind it.
      let fields = stat.split(separator: ")").last?.split(separator: " "), fields.count > 19,
      let now = Double(uptime), let start = Double(fields[19])
    else { return 0 }
    return now - start / ticksPerSecond
  }
}

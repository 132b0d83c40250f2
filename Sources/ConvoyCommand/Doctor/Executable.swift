import Foundation

/// Programs that `convoy` starts.
enum Executable {
  /// Where the program lies on the path of the environment.
  static func find(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// `convoy` itself.
  static var own: String {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
  }

  /// What a program prints; throws its last words where it fails.
  static func output(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (
      Pipe(), FileManager.default.temporaryDirectory.appending(path: "convoy-\(UUID().uuidString)")
    )
    // A file cannot fill up while the output is read.
    try Data().write(to: errors)
    defer { try? FileManager.default.removeItem(at: errors) }
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let words =
        ((try? String(contentsOf: errors, encoding: .utf8)) ?? "").split(separator: "\n").last ?? "no reason given"
      throw ExecutableFailure(description: "\(path) ended with status \(process.terminationStatus): \(words)")
    }
    return String(decoding: data, as: UTF8.self)
  }
}

struct ExecutableFailure: Error, CustomStringConvertible { let description: String }

import Foundation

/// The built `convoy`, run as a person would, in a folder of its own.
struct ConvoyProcess {
  struct Result {
    let status: Int32
    let output: String
    let errors: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
    /// What `convoy` itself complained of; mpirun adds lines of its own.
    var complaints: [String] { errors.split(separator: "\n").filter { $0.hasPrefix("convoy: ") }.map(String.init) }
    var digest: String? { lines.last.flatMap { $0.hasPrefix("weights sha256 ") ? String($0.dropFirst(15)) : nil } }
  }

  let folder: URL

  /// The repository.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Beside the tests, where the same build put it.
  private static var executable: String {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(
      path: "convoy"
    ).path
  }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "convoy-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  func read(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

  func write(_ name: String, _ text: String) throws {
    try text.write(toFile: path(name), atomically: true, encoding: .utf8)
  }

  /// - Parameter ranks: started by mpirun; nil starts the command itself.
  func run(_ arguments: [String], ranks: Int? = nil) throws -> Result {
    guard let ranks else { return try start([ConvoyProcess.executable] + arguments) }
    return try start(ConvoyProcess.launcher + ["-n", String(ranks), ConvoyProcess.executable] + arguments)
  }

  /// One rank for each list of arguments.
  func run(ranksWith arguments: [[String]]) throws -> Result {
    let ranks = arguments.map { ["-n", "1", ConvoyProcess.executable] + $0 }
    return try start(ConvoyProcess.launcher + Array(ranks.joined(separator: [":"])))
  }

  private static let launcher = ["mpirun", "--oversubscribe", "--bind-to", "none"]

  private func start(_ command: [String]) throws -> Result {
    let process = Process()
    let name = UUID().uuidString
    let (output, errors) = (path("\(name).out"), path("\(name).err"))
    for file in [output, errors] { try Data().write(to: URL(fileURLWithPath: file)) }
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    for key in ["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "OPENBLAS_NUM_THREADS"] {
      environment[key] = "1"
    }
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8))
  }
}

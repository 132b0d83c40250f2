import Foundation

/// The built `convoy`, run as a person would, in a folder of its own.
struct ConvoyProcess {
  struct Result {
    let status: Int32
    let output: String
    let errors: String
    /// By a signal, whose number is the status.
    let wasKilled: Bool

    var lines: [String] { output.split(separator: "\n").map(String.init) }
    /// What `convoy` itself complained of; mpirun adds lines of its own.
    var complaints: [String] { errors.split(separator: "\n").filter { $0.hasPrefix("convoy: ") }.map(String.init) }
    var digest: String? { lines.last.flatMap { $0.hasPrefix("weights sha256 ") ? String($0.dropFirst(15)) : nil } }
  }

  let folder: URL
  /// Of what is run, beside that of the tests.
  var variables: [String: String] = [:]

  /// The repository.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static var executable: String { program("convoy") }

  /// Beside the tests, where the same build put it.
  private static func program(_ name: String) -> String {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: name)
      .path
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

  /// - Parameters:
  ///   - ranks: started by mpirun; nil starts the command itself.
  ///   - fileSizeLimit: the largest file that may be written, in KiB.
  ///   - addressLimit: of each process's memory, in KiB (ulimit -v).
  ///   - limit: another one of each process, such as `-d 20000`.
  ///   - through: what a shell does with the output, such as `| head -n 1`; the status stays that of the command.
  ///   - terminal: takes the place of all input and output.
  ///   - during: called with the process that was started: mpirun, or the command; at a terminal it is a child of that.
  func run(
    _ arguments: [String], ranks: Int? = nil, fileSizeLimit: Int? = nil, addressLimit: Int? = nil,
    limit: String? = nil, through: String? = nil, terminal: Terminal? = nil, during: (pid_t) throws -> Void = { _ in }
  ) throws -> Result {
    var command = [ConvoyProcess.executable] + arguments
    if let limit = limit ?? addressLimit.map({ "-v \($0)" }) {
      command = ["bash", "-c", "ulimit \(limit); exec \"$@\"", "limited"] + command
    }
    if let ranks { command = ConvoyProcess.launcher + ["-n", String(ranks)] + command }
    if let fileSizeLimit { command = ["bash", "-c", "ulimit -f \(fileSizeLimit); exec \"$@\"", "limited"] + command }
    return try start(command, through, terminal, during)
  }

  /// Runs another program of the package, under mpirun where ranks are given.
  func run(program name: String, _ arguments: [String], ranks: Int? = nil) throws -> Result {
    let launcher = ranks.map { ConvoyProcess.launcher + ["-n", String($0)] } ?? []
    return try start(launcher + [ConvoyProcess.program(name)] + arguments)
  }

  /// Runs a script of `launch`, with the built `convoy`; hosts other than this one do not answer.
  ///
  /// - Parameter variables: more of its environment, `NAME=VALUE`.
  func launch(
    _ arguments: [String], variables: [String] = [], through: String? = nil,
    during: (pid_t) throws -> Void = { _ in }
  ) throws -> Result {
    let script = "\(ConvoyProcess.root.path)/launch/\(arguments[0])"
    let environment = ["env", "CONVOY=\(ConvoyProcess.executable)", "CONVOY_PROBE=false"] + variables
    return try start(environment + [script] + arguments.dropFirst(), through, nil, during)
  }

  /// The processes that one has started.
  static func children(of parent: pid_t) -> [pid_t] {
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(parent)/task")) ?? []
    return threads.flatMap { thread in
      let list = try? String(contentsOfFile: "/proc/\(parent)/task/\(thread)/children", encoding: .utf8)
      return (list ?? "").split(separator: " ").compactMap { pid_t($0) }
    }
  }

  /// Whether a process, or one that it has started, is writing a file in the folder that has no name yet.
  func isWriting(_ process: pid_t) -> Bool {
    let files = FileManager.default
    let start = folder.resolvingSymlinksInPath().path + "/"
    return ([process] + ConvoyProcess.children(of: process)).contains { process in
      let descriptors = (try? files.contentsOfDirectory(atPath: "/proc/\(process)/fd")) ?? []
      return descriptors.contains { descriptor in
        let target = try? files.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\(descriptor)")
        return target.map { $0.hasPrefix(start) && $0.hasSuffix(" (deleted)") } ?? false
      }
    }
  }

  /// One rank for each list of arguments.
  func run(ranksWith arguments: [[String]]) throws -> Result {
    let ranks = arguments.map { ["-n", "1", ConvoyProcess.executable] + $0 }
    return try start(ConvoyProcess.launcher + Array(ranks.joined(separator: [":"])))
  }

  private static let launcher = ["mpirun", "--oversubscribe", "--bind-to", "none"]

  private func start(
    _ command: [String], _ through: String? = nil, _ terminal: Terminal? = nil,
    _ during: (pid_t) throws -> Void = { _ in }
  ) throws -> Result {
    var command = command
    // A session of its own, whose terminal this is: in a process of its own, as this one leads a group.
    if terminal != nil { command = ["setsid", "--ctty", "--wait"] + command }
    if let through { command = ["bash", "-c", "\"$@\" \(through); exit ${PIPESTATUS[0]}", "piped"] + command }
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
    process.environment = environment.merging(variables) { $1 }
    process.standardInput = terminal?.device ?? FileHandle.nullDevice
    process.standardOutput = try terminal?.device ?? FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = try terminal?.device ?? FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    // Tests run on threads that keep signals back, which the process would take over.
    var (none, before) = (sigset_t(), sigset_t())
    unsafe sigemptyset(&none)
    unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
    let outcome = Swift.Result { try during(process.processIdentifier) }
    if case .failure = outcome { process.terminate() }
    process.waitUntilExit()
    try outcome.get()
    return Result(
      status: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8),
      wasKilled: process.terminationReason == .uncaughtSignal)
  }
}

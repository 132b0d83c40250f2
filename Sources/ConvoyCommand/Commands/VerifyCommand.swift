import ArgumentParser
import Dispatch
import FileKinds
import Foundation
import Training

/// `convoy verify`
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compare checkpoints with the SHA-256 digests that they carry, and name what is damaged.",
    discussion: """
      Every byte of a checkpoint is covered. The status is 3 if any of them is damaged. Nothing is interpreted before \
      it is verified, so that no damage can mislead or crash the program.
      """)

  private struct Line: Encodable {
    let file: String
    let sound: Bool
    let step: Int?
    let sha256: String?
    let damaged: [String]
  }

  @Argument(help: ArgumentHelp("Checkpoints, or folders of runs.", valueName: "file|folder"))
  var paths: [String]

  @Flag(help: "Print a line of JSON for each checkpoint.")
  var json = false

  /// What a process does that may crash: see `damagedAttributes`.
  @Flag(help: .hidden) var listDamagedAttributes = false

  func run() {
    Session.runAlone("verify") {
      if listDamagedAttributes { return Verification.damagedAttributes(of: paths[0]).forEach { Output.print($0) } }
      let files = try paths.flatMap(files)
      var damaged = 0
      for file in files {
        let verification = try Verification(of: file)
        if !verification.isSound { damaged += 1 }
        try show(verification)
      }
      guard damaged == 0 else {
        throw TrainingError(
          .data,
          "\(damaged) of \(files.count) checkpoint\(files.count == 1 ? "" : "s") damaged; --resume takes the newest "
            + "sound one."
        )
      }
    }
  }

  private func files(_ path: String) throws -> [String] {
    guard Location.kind(path) == .folder else {
      // What was never a checkpoint is not a damaged one.
      if try Verification(of: path).sha256 == nil, let kind = FileKind(at: path), ![.empty, .hdf5].contains(kind) {
        throw TrainingError(.data, "\(path): \(kind.sentence(for: .model)).")
      }
      return [path]
    }
    let files = try RunFolder(path: path).checkpoints
    guard !files.isEmpty else {
      throw TrainingError(.data, "\(path) holds no checkpoint; give the folder of a run, or a file.")
    }
    return files
  }

  private func show(_ verification: Verification) throws {
    var damaged = verification.damages.map(\.description)
    if verification.damages.contains(.structure) {
      damaged += VerifyCommand.damagedAttributes(of: verification.path).map { "the attribute \($0) is damaged" }
    }
    if json {
      return try Output.printJSON(
        Line(
          file: verification.path, sound: verification.isSound, step: verification.step, sha256: verification.sha256,
          damaged: damaged))
    }
    guard verification.isSound, let step = verification.step, let sha256 = verification.sha256 else {
      return Output.print("\(verification.path): DAMAGED: \(damaged.joined(separator: ", "))")
    }
    Output.print("\(verification.path): sound, step \(step), sha256 \(sha256)")
  }

  /// Reading a damaged structure may crash the HDF5 library or take for ever, so another process does it.
  private static func damagedAttributes(of path: String) -> [String] {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["verify", "--list-damaged-attributes", path]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return [] }
    let limit = DispatchWorkItem { process.terminate() }
    DispatchQueue.global().asyncAfter(deadline: .now() + 20, execute: limit)
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    limit.cancel()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else { return [] }
    return text.split(separator: "\n").map(String.init)
  }
}

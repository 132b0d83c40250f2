import Foundation
import Training

/// Keeps two commands from writing into one folder at once: a lock of the operating system on a file in the folder. It
/// ends with the process that holds it, whatever ends that, so the file that stays means nothing. Over network file
/// systems it holds between machines.
final class FolderLock {
  private let file: FileHandle

  private init(_ file: FileHandle) { self.file = file }

  /// In which a process that dies may still hold the lock, in seconds: so a run that is started again is not in its own
  /// way.
  private static let patience = 4.0

  /// Takes the lock, or says who has it. Nil where there are no locks, which is noted.
  ///
  /// - Parameters:
  ///   - command: what the folder is used for; other commands may use it at the same time.
  ///   - host: the name of this machine.
  static func take(_ folder: String, for command: String, host: String) throws(TrainingError) -> FolderLock? {
    let path = "\(folder)/.\(command).lock"
    // One that is there is somebody's, or was left behind.
    try? Data().write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
    let file: FileHandle
    do {
      file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    } catch {
      return goOnWithout(folder, error.localizedDescription)
    }
    // Programs that this one starts must not hold it.
    _ = fcntl(file.fileDescriptor, F_SETFD, FD_CLOEXEC)
    let start = ContinuousClock.now
    while flock(file.fileDescriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      guard code == EWOULDBLOCK || code == EINTR else {
        return goOnWithout(folder, POSIXError(POSIXErrorCode(rawValue: code) ?? .ENOLCK).localizedDescription)
      }
      guard ContinuousClock.now - start < .seconds(patience) else { throw refusal(folder, command, file) }
      usleep(50_000)
    }
    let holder = "process \(ProcessInfo.processInfo.processIdentifier) on \(host) since \(now)\n"
    try? file.truncate(atOffset: 0)
    try? file.write(contentsOf: Data(holder.utf8))
    return FolderLock(file)
  }

  private static func refusal(_ folder: String, _ command: String, _ file: FileHandle) -> TrainingError {
    let text = (try? file.read(upToCount: 300)).flatMap { $0 }.map { String(decoding: $0, as: UTF8.self) } ?? ""
    let holder = text.split(separator: "\n").first.map(String.init) ?? "another process"
    return TrainingError(
      .run,
      "\(folder) is in use by `convoy \(command)`, \(holder); wait until it ends, end it, or choose another --output.")
  }

  private static func goOnWithout(_ folder: String, _ reason: String) -> FolderLock? {
    Output.note(
      "convoy: \(folder) cannot be locked (\(reason)): make sure that no other command writes there meanwhile.")
    return nil
  }

  /// `2026-11-30 17:02:11 UTC`
  private static var now: String {
    let style = Date.ISO8601FormatStyle().year().month().day().dateTimeSeparator(.space)
      .time(includingFractionalSeconds: false)
    return "\(Date.now.formatted(style)) UTC"
  }
}

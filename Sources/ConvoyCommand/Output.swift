import Communication
import Foundation
import Training

/// Text for people and scripts, put out at once.
enum Output {
  /// How much a command needs somebody to read its results.
  enum Need {
    /// The results are all that it is for: it ends.
    case essential
    /// Its work is a file or a run, which goes on.
    case dispensable
  }

  /// Keeps a reader that ends, such as `head` or a lost terminal, from ending this process: writing then fails instead.
  static func outliveReaders() {
    // A handler, unlike ignoring the signal, is not passed on to programs that are started.
    signal(SIGPIPE) { _ in }
  }

  /// Results.
  static func write(_ text: String, _ need: Need = .essential) {
    guard need == .essential else { return log(text) }
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      if isReaderGone(error) { endAsOthersDo() }
      complain(
        "the standard output cannot be written (\(error.localizedDescription)); check the space left on its disk.")
      exit(ExitStatus.failure.rawValue)
    }
  }

  static func print(_ text: String, _ need: Need = .essential) { write(text + "\n", need) }

  /// How a run goes. Where it cannot be written, such as on a full disk, that is no reason to end the run.
  static func log(_ text: String) { put(text, to: STDOUT_FILENO) }

  /// What a person should know and a script must not trip over.
  static func note(_ sentence: String) { put("\(sentence)\n", to: STDERR_FILENO) }

  /// One sentence on what went wrong.
  static func complain(_ sentence: String) {
    note("convoy: \(sentence)\(sentence.hasSuffix(".") || sentence.hasSuffix("?") ? "" : ".")")
  }

  /// A line of JSON, keys in order.
  static func printJSON(_ value: some Encodable, pretty: Bool = false, _ need: Need = .essential) throws {
    let encoder = JSONEncoder.ofNumbers
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    print(String(decoding: try encoder.encode(value), as: UTF8.self), need)
  }

  private static func put(_ text: String, to descriptor: Int32) {
    // mpirun ends all ranks when it has failed a few times to pass on what they write.
    guard !LauncherOutput.hasLostReader(of: descriptor) else { return }
    try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).write(contentsOf: Data(text.utf8))
  }

  private static func isReaderGone(_ error: any Error) -> Bool {
    ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError).isBrokenPipe
      || (error as? POSIXError)?.code == .EPIPE
  }

  /// Ends this process in silence, with the status that a shell knows from every program whose reader has ended.
  private static func endAsOthersDo() -> Never {
    signal(SIGPIPE, SIG_DFL)
    raise(SIGPIPE)
    exit(ExitStatus.failure.rawValue)
  }
}

extension NSError {
  fileprivate var isBrokenPipe: Bool { domain == NSPOSIXErrorDomain && code == Int(EPIPE) }
}

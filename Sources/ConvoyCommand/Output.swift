import Foundation
import Training

/// Text for people and scripts, put out at once.
enum Output {
  /// Results: a command whose results go nowhere has failed.
  static func write(_ text: String) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      complain("the standard output cannot be written (\(error.localizedDescription)); check the space left on its disk.")
      exit(ExitStatus.failure.rawValue)
    }
  }

  static func print(_ text: String) { write(text + "\n") }

  /// How a run goes. Where it cannot be written, such as on a full disk, that is no reason to end the run.
  static func log(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }

  /// What a person should know and a script must not trip over.
  static func note(_ sentence: String) { try? FileHandle.standardError.write(contentsOf: Data("\(sentence)\n".utf8)) }

  /// One sentence on what went wrong.
  static func complain(_ sentence: String) {
    note("convoy: \(sentence)\(sentence.hasSuffix(".") || sentence.hasSuffix("?") ? "" : ".")")
  }

  /// A line of JSON, keys in order.
  static func printJSON(_ value: some Encodable, pretty: Bool = false) throws {
    let encoder = JSONEncoder.ofNumbers
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}

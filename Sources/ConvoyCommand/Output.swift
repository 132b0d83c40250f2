import Foundation
import Training

/// Text for people and scripts, put out at once.
enum Output {
  static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
  static func print(_ text: String) { write(text + "\n") }

  /// What a person should know and a script must not trip over.
  static func note(_ sentence: String) { FileHandle.standardError.write(Data("\(sentence)\n".utf8)) }

  /// One sentence on what went wrong.
  static func complain(_ sentence: String) {
    FileHandle.standardError.write(
      Data("convoy: \(sentence)\(sentence.hasSuffix(".") || sentence.hasSuffix("?") ? "" : ".")\n".utf8))
  }

  /// A line of JSON, keys in order.
  static func printJSON(_ value: some Encodable, pretty: Bool = false) throws {
    let encoder = JSONEncoder.ofNumbers
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}

import Foundation
import Synchronization
import Testing

/// A pseudo-terminal: what is typed at it, and what is shown on it.
final class Terminal: Sendable {
  /// The end that a process has.
  let device: FileHandle
  private let keyboard: FileHandle
  private let shown = Mutex("")

  init() throws {
    keyboard = try FileHandle(forUpdating: URL(fileURLWithPath: "/dev/ptmx"))
    // Linux's TIOCSPTLCK and TIOCGPTN, which Swift does not know: the device may be opened, and its number.
    var (locked, number): (Int32, Int32) = (0, 0)
    let isOpen =
      unsafe ioctl(keyboard.fileDescriptor, 0x4004_5431, &locked) == 0
      && ioctl(keyboard.fileDescriptor, 0x8004_5430, &number) == 0
    try #require(isOpen)
    device = try FileHandle(forUpdating: URL(fileURLWithPath: "/dev/pts/\(number)"))
    Thread.detachNewThread { [self] in
      var bytes = [UInt8](repeating: 0, count: 4096)
      while true {
        // Foundation would wait for as many as it may read. Reading fails once nobody has the device any more.
        let count = unsafe read(keyboard.fileDescriptor, &bytes, bytes.count)
        guard count > 0 else { return }
        shown.withLock { $0 += String(decoding: bytes[..<count], as: UTF8.self) }
      }
    }
  }

  var text: String { shown.withLock { $0 } }

  var complaints: [Substring] {
    text.split { $0.isNewline }.filter { $0.hasPrefix("convoy: ") }
  }

  func type(_ text: String) throws { try keyboard.write(contentsOf: Data(text.utf8)) }

  func wait(for text: String) throws {
    let end = Date(timeIntervalSinceNow: 120)
    while !self.text.contains(text) {
      try #require(Date() < end, "no '\(text)' within two minutes: \(self.text)")
      usleep(5000)
    }
  }
}

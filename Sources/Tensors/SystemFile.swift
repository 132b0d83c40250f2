import Glibc

/// A small file of `/proc` or `/sys`, read at once; one that is not there has no lines.
struct SystemFile {
  let lines: [Substring]

  init(_ path: String) {
    guard let file = unsafe fopen(path, "r") else {
      lines = []
      return
    }
    defer { unsafe fclose(file) }
    var (bytes, part) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 14))
    while true {
      let count = unsafe fread(&part, 1, part.count, file)
      guard count > 0 else { break }
      bytes += part[..<count]
    }
    lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }

  /// The number of a file that holds nothing else; nil where it is `max`.
  var number: Int? { lines.first.flatMap { Int($0) } }

  /// Of `VmRSS:  1234 kB`, in bytes.
  func kilobytes(_ key: String) -> Int? {
    lines.first { $0.hasPrefix("\(key):") }.flatMap {
      Int($0.split(separator: " ", omittingEmptySubsequences: true).dropLast().last?.split(separator: "\t").last ?? "")
    }
    .map { [$0, 1024].saturatedProduct }
  }

  /// Of `inactive_file 1234`.
  func value(_ key: String) -> Int? {
    lines.first { $0.hasPrefix("\(key) ") }.flatMap { Int($0.dropFirst(key.count + 1)) }
  }

  /// The soft limit of `Max address space  1234  unlimited  bytes`; nil where there is none.
  func limit(_ key: String) -> Int? {
    lines.first { $0.hasPrefix(key) }.flatMap { Int($0.dropFirst(key.count).split(separator: " ").first ?? "") }
  }
}

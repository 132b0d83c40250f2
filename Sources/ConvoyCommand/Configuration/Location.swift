import Foundation

/// Paths of files and folders, also in the form `PATH:/GROUP`.
enum Location {
  /// The same place independent of the current folder. `synthetic:N` is no place and stays.
  static func absolute(_ location: String, in folder: String) -> String {
    if isSynthetic(location) { return location }
    let (path, group) = parts(location)
    let full = path.hasPrefix("/") ? path : "\(folder)/\(path)"
    return URL(fileURLWithPath: full).standardized.path + group
  }

  enum Kind { case file, folder }

  /// What is at a path, links followed.
  static func kind(_ path: String) -> Kind? {
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: target) else { return nil }
    return attributes[.type] as? FileAttributeType == .typeDirectory ? .folder : .file
  }

  /// Whether there is something at the path.
  static func exists(_ location: String) -> Bool {
    isSynthetic(location) || FileManager.default.fileExists(atPath: parts(location).path)
  }

  private static func isSynthetic(_ location: String) -> Bool { location.hasPrefix("synthetic:") }

  private static func parts(_ location: String) -> (path: String, group: String) {
    guard let separator = location.ranges(of: ":/").last else { return (location, "") }
    return (String(location[..<separator.lowerBound]), String(location[separator.lowerBound...]))
  }

  /// The folder that a file is in, links resolved, so that `..` means what the operating system says it means.
  static func folder(of file: String) -> String {
    URL(fileURLWithPath: file).resolvingSymlinksInPath().deletingLastPathComponent().path
  }
}

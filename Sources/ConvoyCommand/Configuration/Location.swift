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

  enum Entry { case file, folder, other }

  /// What has the name: of a link what it leads to, or a file where it leads to nothing.
  static func kindOfEntry(_ path: String) -> Entry? {
    guard let own = type(of: path) else { return nil }
    let type = own == .typeSymbolicLink ? type(of: URL(fileURLWithPath: path).resolvingSymlinksInPath().path) : own
    return switch type {
    case .typeDirectory: .folder
    case .typeRegular, nil: .file
    default: .other
    }
  }

  private static func type(of path: String) -> FileAttributeType? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
  }

  /// Whether two names, of which the first may be `PATH:/GROUP`, mean one file.
  static func isSame(_ location: String, _ path: String) -> Bool {
    guard let one = identity(parts(location).path), let other = identity(path) else { return false }
    return one == other
  }

  private static func identity(_ path: String) -> [Int]? {
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: target) else { return nil }
    return [attributes[.systemNumber], attributes[.systemFileNumber]].compactMap { ($0 as? NSNumber)?.intValue }
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

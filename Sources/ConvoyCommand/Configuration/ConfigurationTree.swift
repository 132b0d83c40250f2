package import Networks

/// The values of a configuration file with the overrides of the command line, and where each of them was written.
package struct ConfigurationTree: Sendable {
  /// Where a value comes from.
  package enum Origin: Hashable, Sendable {
    case file(line: Int?)
    /// The text of a `--set`.
    case override(String)
  }

  /// The file as the user calls it.
  package let name: String
  package private(set) var value: JSONValue
  private var origins: [[String]: Origin]

  /// - Parameters:
  ///   - name: what messages call the file.
  ///   - text: its contents, YAML.
  package init(name: String, text: String) throws(ConfigurationError) {
    self.name = name
    let document: YAMLDocument
    do {
      document = try YAMLDocument(text)
    } catch {
      let place = error.line.map { "\(name):\($0)" } ?? name
      throw ConfigurationError(place, "this is not YAML: \(error.text); correct the file.")
    }
    guard document.value != .null else {
      throw ConfigurationError(name, "the file is empty; give at least 'model' and 'data'.")
    }
    value = document.value
    origins = document.lines.mapValues { .file(line: $0) }
  }

  /// Where the value at a path was written, or what contains it.
  package func origin(of path: [String]) -> Origin {
    for length in stride(from: path.count, through: 0, by: -1) {
      if let origin = origins[Array(path[..<length])] { return origin }
    }
    return .file(line: nil)
  }

  /// The origin as messages name it: `configs/a.yaml:7` or `--set optimizer.rate=0.1`.
  package func place(of path: [String]) -> String {
    switch origin(of: path) {
    case .file(let line): line.map { "\(name):\($0)" } ?? name
    case .override(let text): "--set \(text)"
    }
  }

  /// Applies `path=value`: a path of keys with dots between them, and YAML.
  ///
  /// Groups of keys on the way that are not there are made, so that defaults can be overridden as well.
  package mutating func set(_ override: String) throws(ConfigurationError) {
    let place = "--set \(override)"
    guard let separator = override.firstIndex(of: "="), separator != override.startIndex else {
      throw ConfigurationError(place, "there is no value; write --set path=value, such as --set optimizer.rate=0.1.")
    }
    let path = override[..<separator].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard path.allSatisfy({ !$0.isEmpty }) else {
      throw ConfigurationError(
        place, "a key of the path is empty; write --set path=value, such as --set optimizer.rate=0.1.")
    }
    let new: JSONValue
    do {
      new = try YAMLDocument(String(override[override.index(after: separator)...])).value
    } catch {
      throw ConfigurationError(place, "the value is not YAML: \(error.text); write --set path=value.")
    }
    // Groups that are made on the way come from this override too.
    for length in 1..<max(1, path.count) where member(Array(path[..<length])) == .null {
      origins[Array(path[..<length])] = .override(override)
    }
    value = try ConfigurationTree.replacing(value, at: path, with: new, done: 0, place)
    origins = origins.filter { !$0.key.starts(with: path) }
    origins[path] = .override(override)
  }

  /// The value at a path; null where there is none.
  func member(_ path: [String]) -> JSONValue {
    path.reduce(value) { value, key in
      if let elements = value.asArray {
        return Int(key).flatMap { elements.indices.contains($0) ? elements[$0] : nil } ?? .null
      }
      return value[key]
    }
  }

  private static func replacing(
    _ old: JSONValue, at path: [String], with new: JSONValue, done: Int, _ place: String
  ) throws(ConfigurationError) -> JSONValue {
    guard done < path.count else { return new }
    let key = path[done]
    switch old {
    case .object, .null:
      var members = old.asObject ?? [:]
      members[key] = try replacing(members[key] ?? .null, at: path, with: new, done: done + 1, place)
      return .object(members)
    case .array(var elements):
      guard let index = Int(key), elements.indices.contains(index) else {
        throw ConfigurationError(
          place,
          "'\(path[..<done].joined(separator: "."))' is a list of \(elements.count); use a number below "
            + "\(elements.count) or set the whole list."
        )
      }
      elements[index] = try replacing(elements[index], at: path, with: new, done: done + 1, place)
      return .array(elements)
    default:
      let parent = path[..<done].joined(separator: ".")
      throw ConfigurationError(
        place, "'\(parent)' is \(old.brief) and has no keys; set it as a whole: --set '\(parent)={key: value, ...}'.")
    }
  }
}

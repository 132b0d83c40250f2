import Networks
import Tensors

/// What happened while a tree was decoded: which keys were asked for, and what each value was expected to be.
///
/// Keys nobody asked for would be ignored in silence; they are found here.
final class DecodingRecord {
  private struct Group {
    /// Keys that are there.
    var present: Set<String> = []
    /// Keys that were asked for, in that order.
    var asked: [String] = []
    /// Keys that are there and that the type does not have.
    var foreign: Set<String> = []
  }

  private var groups: [[String]: Group] = [:]
  private var expectations: [[String]: [Expectation]] = [:]

  /// What a value could have been.
  struct Expectation: Equatable {
    /// `a number`.
    let kind: String
    /// Names that a text could have been.
    var names: [String] = []
  }

  func open(_ path: [String], present: some Collection<String>, isKey: (String) -> Bool) {
    groups[path, default: Group()].present = Set(present)
    groups[path]!.foreign = Set(present.filter { !isKey($0) })
  }

  func ask(_ key: String, at path: [String]) {
    guard groups[path]?.asked.contains(key) == false else { return }
    groups[path]!.asked.append(key)
  }

  /// Notes that the value at a path was tried as something that it is not.
  func reject(_ path: [String], _ expectation: Expectation) {
    guard expectations[path]?.contains(expectation) != true else { return }
    expectations[path, default: []].append(expectation)
  }

  /// `is 'sdg', but must be one of sgd, adam; did you mean 'sgd'?`
  func mismatch(at path: [String], _ value: JSONValue) -> String {
    let expectations = expectations[path] ?? []
    let text = "is \(value.brief), but must be \(expectations.map(\.kind).joined(separator: " or "))"
    let names = expectations.flatMap(\.names)
    guard let given = value.asString, !names.isEmpty else { return text + "." }
    return text + "; did you mean '\(names.nearest(to: given))'?"
  }

  /// The key that was probably meant to be the missing one.
  func probableSpelling(of key: String, at path: [String]) -> String? {
    guard let foreign = groups[path]?.foreign.sorted(), !foreign.isEmpty else { return nil }
    return foreign.nearest(to: key)
  }

  /// A key that is there and that nobody asked for, with those that could be there.
  func unknownKey() -> (path: [String], known: [String])? {
    for (path, group) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      if let key = group.present.subtracting(group.asked).min() { return (path + [key], group.asked) }
    }
    return nil
  }
}

import Networks
import Tensors

/// The record of decoding a tree: which keys were asked for, and what each value was expected to be.
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

  /// A type that a value could have had.
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
    if let given = value.asString, let nearest = names.nearest(to: DecodingRecord.name(in: given)) {
      return text + "; did you mean '\(nearest)'?"
    }
    return text + (FamiliarKeys.example(of: path).map { ", such as \($0)." } ?? ".")
  }

  /// `Adam` in `torch.optim.Adam(lr=0.1)`.
  private static func name(in call: String) -> String {
    call.prefix { $0 != "(" }.split(separator: ".").last.map(String.init) ?? call
  }

  /// Keys that are there and that the type does not have, with those that were asked for so far.
  func foreignKeys(at path: [String]) -> (foreign: [String], asked: [String]) {
    (groups[path]?.foreign.sorted() ?? [], groups[path]?.asked ?? [])
  }

  /// Every key that was asked for.
  var askedPaths: [[String]] { groups.flatMap { path, group in group.asked.map { path + [$0] } } }

  /// A key that is there and that nobody asked for, with those that could be there.
  func unknownKey() -> (path: [String], known: [String])? {
    for (path, group) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      if let key = group.present.subtracting(group.asked).min() { return (path + [key], group.asked) }
    }
    return nil
  }
}

import Foundation
import Networks

/// In what two values of a recipe differ, as short as a person wants to read it: the first key below them that is not
/// the same.
struct ValueDifference {
  /// `'optimizer.rate' was 0.1 and is 0.05`
  let sentence: String

  /// - Parameters:
  ///   - key: of both values.
  ///   - old: JSON; nil where there is none.
  init(_ key: String, _ old: String?, _ new: String?) {
    func value(_ text: String?) -> JSONValue {
      text.flatMap { try? JSONDecoder.ofNumbers.decode(JSONValue.self, from: Data($0.utf8)) } ?? .null
    }
    let (path, before, after) = ValueDifference.first([key], value(old), value(new)) ?? ([key], value(old), value(new))
    sentence =
      "'\(path.joined(separator: "."))' was \(ValueDifference.text(before)) and is \(ValueDifference.text(after))"
  }

  private static func first(
    _ path: [String], _ old: JSONValue, _ new: JSONValue
  ) -> (path: [String], old: JSONValue, new: JSONValue)? {
    guard old != new else { return nil }
    if let (old, new) = both(old.asObject, new.asObject) {
      for key in Set(old.keys).union(new.keys).sorted() {
        if let found = first(path + [key], old[key] ?? .null, new[key] ?? .null) { return found }
      }
    }
    if let (old, new) = both(old.asArray, new.asArray), old.count == new.count {
      for index in old.indices {
        if let found = first(path + [String(index)], old[index], new[index]) { return found }
      }
    }
    return (path, old, new)
  }

  private static func both<Value>(_ left: Value?, _ right: Value?) -> (Value, Value)? {
    guard let left, let right else { return nil }
    return (left, right)
  }

  private static func text(_ value: JSONValue) -> String { value == .null ? "not given" : value.brief }
}

import Networks

/// Arguments that several metrics have.
extension LayerConfiguration {
  func positive(_ key: String, _ standard: Int) throws(ImportError) -> Int {
    let number = try integer(key, default: standard)
    guard number > 0 else { throw ImportError("\(place): '\(key)' is \(number), but must be at least 1.") }
    return number
  }

  func optionalInteger(_ key: String) throws(ImportError) -> Int? {
    value(key) == .null ? nil : try integer(key)
  }

  func optionalNumber(_ key: String) throws(ImportError) -> Double? {
    value(key) == .null ? nil : try number(key)
  }

  func optionalBool(_ key: String) throws(ImportError) -> Bool? {
    value(key) == .null ? nil : try bool(key)
  }

  /// Class numbers, nil where nothing is said.
  func classNumbers(_ key: String) throws(ImportError) -> [Int]? {
    let value = value(key)
    if value == .null { return nil }
    let list = value.asInteger.map { [$0] } ?? value.asArray?.compactMap(\.asInteger) ?? []
    guard !list.isEmpty, value.asInteger != nil || list.count == value.asArray?.count, list.allSatisfy({ $0 >= 0 })
    else { throw ImportError("\(place): '\(key)' is \(value.brief), but must be a list of class numbers.") }
    return list
  }

  func requiredClassNumbers(_ key: String) throws(ImportError) -> [Int] {
    if let numbers = try classNumbers(key) { return numbers }
    throw ImportError("\(place): '\(key)' is missing; add it, a list of class numbers.")
  }

  /// One threshold or a list of them, 0...1; none where nothing is said.
  func thresholds(_ key: String = "thresholds") throws(ImportError) -> [Double] {
    let value = value(key)
    if value == .null { return [] }
    let list = value.asNumber.map { [$0] } ?? value.asArray?.compactMap(\.asNumber) ?? []
    guard !list.isEmpty, value.asNumber != nil || list.count == value.asArray?.count,
      list.allSatisfy({ (0...1).contains($0) })
    else { throw ImportError("\(place): '\(key)' is \(value.brief), but must be a number from 0 to 1, or a list.") }
    return list
  }
}

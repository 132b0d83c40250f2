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
}

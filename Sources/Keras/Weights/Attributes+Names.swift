import HDF5

/// Lists of names as Keras keeps them: in one attribute, or, where an attribute cannot hold them, split over NAME0,
/// NAME1, ...
extension Attributes {
  /// What Keras allows one attribute to take, in bytes: HDF5's 64 KiB less room for its header.
  private static let mostBytes = 64_512

  /// Nil where there is no such list.
  func names(_ name: String) throws(HDF5Error) -> [String]? {
    if try contains(name) { return try strings(name) }
    guard try contains("\(name)0") else { return nil }
    var names: [String] = []
    var part = 0
    while try contains("\(name)\(part)") {
      names += try strings("\(name)\(part)")
      part += 1
    }
    return names
  }

  /// Splits as evenly as Keras does (`numpy.array_split`): the first parts take one more where it does not come out
  /// even.
  func setNames(_ name: String, _ names: [String]) throws(HDF5Error) {
    let longest = names.map(\.utf8.count).max() ?? 0
    guard names.count * longest > Attributes.mostBytes else { return try set(name, names) }
    let perPart = Swift.max(1, Attributes.mostBytes / longest)
    let parts = (names.count + perPart - 1) / perPart
    var start = 0
    for part in 0..<parts {
      let end = start + names.count / parts + (part < names.count % parts ? 1 : 0)
      try set("\(name)\(part)", Array(names[start..<end]))
      start = end
    }
  }
}

import HDF5
import Networks

/// Which layer of a file belongs to which layer of a model, where both have variables and come in Keras's order.
enum LayerPairing {
  /// What Keras names layers after.
  fileprivate static let givenNames = Set(
    (LayerRegistry.names + ["Sequential", "Functional", "Model"]).map(\.inSnakeCase))

  struct Pair {
    let stored: Int
    let wanted: Int
    let reason: WeightMapping.Reason
  }

  /// By name where the model knows every name in the file; else by position, if there are as many layers and no name
  /// speaks against it; else only those whose names are known.
  static func pairs(_ stored: [String], _ wanted: [String]) -> [Pair] {
    let places = Dictionary(wanted.enumerated().map { ($1.normalized, $0) }) { first, _ in first }
    var taken: Set<Int> = []
    let named = stored.enumerated().compactMap { index, name -> Pair? in
      guard let place = places[name.normalized], taken.insert(place).inserted else { return nil }
      return Pair(stored: index, wanted: place, reason: index == place && stored.count == wanted.count ? .path : .name)
    }
    if named.count == stored.count { return named }
    let isPlausible = named.allSatisfy { $0.stored == $0.wanted } || stored.areCounted
    guard stored.count == wanted.count, isPlausible else { return named }
    return stored.indices.map { index in
      Pair(
        stored: index, wanted: index,
        reason: stored[index].normalized == wanted[index].normalized ? .path : .position)
    }
  }
}

extension String {
  /// Keras 3 allows no "/" in the name of a layer; models that had them are rebuilt with "_".
  fileprivate var normalized: String { ObjectPath.canonical(self).replacing("/", with: "_") }
}

extension [String] {
  /// Whether all are names that Keras gave, such as `dense` and `dense_1`, with the numbers of each kind rising: they
  /// depend on what else was made in the same program and say nothing but the order.
  fileprivate var areCounted: Bool {
    var last: [Substring: Int] = [:]
    for name in self {
      guard let match = name.wholeMatch(of: /([a-z][a-z0-9_]*?)(?:_(\d+))?/) else { return false }
      let number = match.2.flatMap { Int($0) } ?? 0
      guard LayerPairing.givenNames.contains(String(match.1)), number > last[match.1] ?? -1 else { return false }
      last[match.1] = number
    }
    return true
  }
}

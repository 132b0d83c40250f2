import Networks

/// A variable of a model, and the layer that it belongs to.
typealias OwnedVariable = (layer: KerasLayer, variable: ParameterTable.Entry)

extension KerasLayer {
  /// `legacyOrder(in:)` with the layer of each variable.
  func ownedVariables(in table: ParameterTable) -> [OwnedVariable] {
    let owners = Dictionary(leaves.map { ($0.path, $0) }) { first, _ in first }
    return legacyOrder(in: table).map { (owners[$0.layer]!, $0) }
  }
}

extension [KerasLayer] {
  /// The layers' names in a `.weights.h5` file: their class in snake case, counted.
  var groupNames: [String] { groupNames(\.className) }

  /// The same where classes are called as in the file that the graph was read from.
  var writtenGroupNames: [String] { groupNames(\.writtenClassName) }

  private func groupNames(_ className: (KerasLayer) -> String) -> [String] {
    var counts: [String: Int] = [:]
    return map { layer in
      let name = className(layer).inSnakeCase
      let count = counts[name, default: 0]
      counts[name] = count + 1
      return count == 0 ? name : "\(name)_\(count)"
    }
  }
}

import Archives
import HDF5
public import Networks

/// The state of an optimizer in Keras's own place of a file: `optimizer_weights` of an `.h5`, `optimizer/vars` of the
/// weights in a `.keras`.
public struct StoredOptimizer: Sendable {
  /// Updates made.
  public let iterations: Int
  private let file: String
  /// What follows the counter, in the order of the file.
  private let arrays: [StoredTensor]
  private let order: OptimizerOrder

  /// Nil where the file has no such state, or that of a training that has not begun.
  ///
  /// - Parameter path: a file with a whole model, of any format.
  public init?(reading path: String) throws(KerasError) {
    let format = try ModelFileFormat(of: path)
    switch format {
    case .archive, .folder:
      let weights = try KerasArchive.read(path, isFolder: format == .folder).weights
      do {
        guard try weights.root.kind(of: "optimizer/vars") == .group else { return nil }
        let group = try weights.root.group("optimizer/vars")
        let names = try group.names().sorted { (Int($0) ?? 0, $0) < (Int($1) ?? 0, $1) }
        try self.init(names, in: group, order: .keras3, file: path)
      } catch {
        throw KerasError(file: path, any: error)
      }
    case .wholeModel:
      let file = try File(keras: path)
      do {
        guard try file.root.kind(of: "optimizer_weights") == .group else { return nil }
        let group = try file.root.group("optimizer_weights")
        guard let names = try group.attributes.names("weight_names"), let first = names.first else { return nil }
        // `adam/iteration`; `iteration:0`; `Adam/iter:0` and `iterations`.
        let counter = first.split(separator: "/").last?.prefix { $0 != ":" } ?? ""
        let order: OptimizerOrder = counter != "iteration" ? .first : first.hasSuffix(":0") ? .keras2 : .keras3
        try self.init(names, in: group, order: order, file: path)
      } catch {
        throw KerasError(file: path, any: error)
      }
    default: return nil
    }
  }

  private init?(_ names: [String], in group: Group, order: OptimizerOrder, file: String) throws {
    guard let counter = try names.first.map({ try group.dataset($0) }), counter.shape.isEmpty || counter.count == 1
    else {
      return nil
    }
    // Before the first step there is nothing to go on from, and often nothing but the counter.
    guard let count = try counter.read(Double.self).first, count >= 1, count < 1e15 else { return nil }
    (iterations, self.file, self.order) = (Int(count), file, order)
    arrays = try names.dropFirst().map { try StoredTensor(group.dataset($0)) }
  }

  /// Which array is which slot of which variable.
  private func places(
    _ optimizer: CompileConfiguration.Object, _ graph: Graph
  ) throws(KerasError) -> [(slot: OptimizerSlot, variable: ParameterTable.Entry, array: StoredTensor)] {
    let variables = graph.optimizedVariables(in: ParameterTable(graph))
    // A file in Keras 2's order may be a `.keras` too.
    let orders = [order] + [.keras3, .keras2, .first].filter { $0 != order && order != .first || $0 == .keras2 }
    for order in orders {
      guard let groups = order.groups(of: optimizer) else { break }
      let count = groups.reduce(0) { $0 + $1.count } * variables.count
      guard let arrays = slots(count, variables.count) else { continue }
      let wanted = groups.flatMap { group in variables.flatMap { variable in group.map { ($0, variable) } } }
      for ((slot, variable), array) in zip(wanted, arrays) where array.shape != variable.parameter.shape {
        throw KerasError(
          file: file,
          "the optimizer's \(slot.rawValue) of '\(variable.path)' has the shape \(array.shape) instead of "
            + "\(variable.parameter.shape); save the model again, or configure another optimizer")
      }
      return zip(wanted, arrays).map { ($0.0, $0.1, $1) }
    }
    throw KerasError(
      file: file,
      "the optimizer has \(arrays.count) arrays for \(variables.count) trainable variables, which does not fit "
        + "'\(optimizer.className)'; save the model again, or configure another optimizer")
  }

  /// The arrays that are slots, if there are so many: without the rate, which comes first in Keras 3, and what Adam of
  /// Keras 2.0 keeps in the place of a third slot.
  private func slots(_ count: Int, _ variables: Int) -> [StoredTensor]? {
    if arrays.count == count { return arrays }
    if arrays.count == count + 1, arrays[0].shape.isEmpty { return Array(arrays.dropFirst()) }
    let rest = arrays.dropFirst(count)
    return order == .first && rest.count == variables && rest.allSatisfy { $0.count == 1 }
      ? Array(arrays.prefix(count)) : nil
  }

  /// Throws where the arrays are not those of the optimizer and the model: without a full stop, for part of a sentence.
  public func check(_ optimizer: CompileConfiguration.Object, _ graph: Graph) throws(KerasError) {
    _ = try places(optimizer, graph)
  }

  /// The slots, by the paths of the variables.
  ///
  /// - Parameters:
  ///   - optimizer: what the file was compiled with.
  ///   - graph: its model.
  public func read(
    _ optimizer: CompileConfiguration.Object, _ graph: Graph
  ) throws(KerasError) -> [OptimizerSlot: [String: [Float]]] {
    // What is rearranged in a variable is so in its slots.
    let matches = try KerasWeights(reading: file).mapping(onto: graph).matches
    let changes = Dictionary(matches.map { ($0.target.path, $0.rearrangements) }) { first, _ in first }
    var slots: [OptimizerSlot: [String: [Float]]] = [:]
    for (slot, variable, array) in try places(optimizer, graph) {
      var (values, shape) = (try array.read(), array.shape)
      for change in changes[variable.path] ?? [] {
        (values, shape) = (change(values, shape: shape), change.shape(of: shape))
      }
      guard values.allSatisfy(\.isFinite) else {
        throw KerasError(
          file: file,
          "the optimizer's \(slot.rawValue) of '\(variable.path)' holds a value that is not finite; give the optimizer "
            + "a 'name' to begin anew.")
      }
      slots[slot, default: [:]][variable.path] = values
    }
    return slots
  }
}

import HDF5
public import Networks

/// A compiled model's optimizer and where it stands, to be written into Keras's own place.
public struct OptimizerState: Sendable {
  /// Updates made.
  public let iterations: Int
  /// The learning rate of the next step where it is a number; nil where a schedule gives it.
  public let rate: Double?
  /// By the paths of the variables; what is missing is 0.
  public let slots: [OptimizerSlot: [String: [Float]]]

  public init(iterations: Int, rate: Double?, slots: [OptimizerSlot: [String: [Float]]]) {
    (self.iterations, self.rate, self.slots) = (iterations, rate, slots)
  }

  /// Writes `optimizer/vars` into the weights of a `.keras`: the counter, the rate, the slots.
  func write(
    _ optimizer: CompileConfiguration.Object, _ graph: Graph, _ table: ParameterTable, toArchive root: Group
  ) throws(HDF5Error) {
    guard let groups = OptimizerOrder.keras3.groups(of: optimizer) else { return }
    let group = try root.createGroup("optimizer").createGroup("vars")
    _ = try group.write("0", [Int64(iterations)], shape: [])
    var number = 1
    if let rate {
      _ = try group.write("1", [Float(rate)], shape: [])
      number = 2
    }
    for (_, variable, values) in arrays(groups, graph, table) {
      _ = try group.write(String(number), values, shape: variable.parameter.shape)
      number += 1
    }
  }

  /// Writes `optimizer_weights` into the file of a whole model as Keras 2 does since 2.11: the counter and the slots.
  func write(
    _ optimizer: CompileConfiguration.Object, _ graph: Graph, _ table: ParameterTable, toModel root: Group
  ) throws(HDF5Error) {
    guard let groups = OptimizerOrder.keras2.groups(of: optimizer) else { return }
    let group = try root.createGroup("optimizer_weights")
    let places = VariablePlaces(graph, table)
    var names = ["iteration:0"]
    _ = try group.write(names[0], [Int64(iterations)], shape: [])
    for (slot, variable, values) in arrays(groups, graph, table) {
      let name = "\(optimizer.className)/\(slot.rawValue)/\(places.name(of: variable)):0"
      _ = try group.write(name, values, shape: variable.parameter.shape)
      names.append(name)
    }
    try group.attributes.setNames("weight_names", names)
  }

  private func arrays(
    _ groups: [[OptimizerSlot]], _ graph: Graph, _ table: ParameterTable
  ) -> [(slot: OptimizerSlot, variable: ParameterTable.Entry, values: [Float])] {
    let variables = graph.optimizedVariables(in: table)
    return groups.flatMap { group in
      variables.flatMap { variable in
        group.map { slot in
          let zeros = Array(repeating: Float(0), count: variable.parameter.count)
          return (slot, variable, slots[slot]?[variable.path] ?? zeros)
        }
      }
    }
  }
}

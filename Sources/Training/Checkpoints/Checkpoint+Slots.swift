import HDF5
package import Keras
import Networks
import Tensors

extension Checkpoint {
  /// The slots of the optimizer, and the average of the weights where one is kept, by the paths of the variables.
  package static func slots(of path: String) throws(TrainingError) -> [OptimizerSlot: [String: [Float]]] {
    try requireSound(path)
    let recipe = try header(of: path).recipe
    let graph: Graph
    do { graph = try KerasModel(reading: path).graph } catch { throw TrainingError(.data, error.description) }
    let table = ParameterTable(graph)
    let places = VariablePlaces(graph, table)
    var slots: [OptimizerSlot: [String: [Float]]] = [:]
    for (index, kind) in recipe.slots.enumerated() {
      var values: [String: [Float]] = [:]
      try reading(path) { root in
        for entry in table.entries where entry.parameter.kind == .trainable && entry.parameter.count > 0 {
          values[entry.path] = try root.dataset("slots/\(index)/\(places.name(of: entry))").read()
        }
      }
      slots[kind] = values
    }
    return slots
  }
}

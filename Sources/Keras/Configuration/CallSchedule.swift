import Networks

/// The calls of a model's layers with what each reads, in an order in which everything is there when it is read: that
/// of the file wherever possible.
struct CallSchedule {
  /// One output of one call.
  struct Place {
    let call: Int
    let tensor: Int
  }

  struct Call {
    /// Among the model's entries.
    let layer: Int
    /// Which call of that layer, from 0.
    let number: Int
    let reads: [Place]
  }

  let calls: [Call]
  /// Positions among the calls.
  private(set) var order: [Int] = []
  let inputs: [Place]
  let outputs: [Place]

  init(_ model: ModelEntry) throws(ImportError) {
    var positions: [String: Int] = [:]
    var starts: [Int] = []
    var count = 0
    for (index, entry) in model.layers.enumerated() {
      guard positions.updateValue(index, forKey: entry.name) == nil else {
        throw ImportError("two layers of '\(model.name)' are named '\(entry.name)'; give one another name.")
      }
      guard entry.isInput || !entry.calls.isEmpty else {
        throw ImportError("layer '\(entry.name)' (\(entry.className)) is never called; save the model again.")
      }
      starts.append(count)
      count += entry.isInput ? 1 : entry.calls.count
    }
    func place(_ reference: TensorReference, isOutput: Bool = false) throws(ImportError) -> Place {
      guard let index = positions[reference.layer] else {
        throw ImportError(
          "the model '\(model.name)' refers to a layer '\(reference.layer)' that it does not have; the file is damaged "
            + "or was edited: save the model again.")
      }
      let entry = model.layers[index]
      let number = entry.callNumber(reference.node, model.numbering, isOutput: isOutput)
      guard let number, reference.tensor >= 0 else {
        throw ImportError(
          "the model '\(model.name)' reads call \(reference.node), output \(reference.tensor) of '\(reference.layer)', "
            + "which is called \(entry.isInput ? 1 : entry.calls.count) times; the file is damaged or was edited: save "
            + "the "
            + "model again.")
      }
      return Place(call: starts[index] + number, tensor: reference.tensor)
    }
    var calls: [Call] = []
    calls.reserveCapacity(count)
    for (index, entry) in model.layers.enumerated() {
      if entry.isInput {
        calls.append(Call(layer: index, number: 0, reads: []))
        continue
      }
      for (number, call) in entry.calls.enumerated() {
        var reads: [Place] = []
        for reference in call.tensors { reads.append(try place(reference)) }
        guard !reads.isEmpty else {
          throw ImportError("layer '\(entry.name)' (\(entry.className)) has no inputs; save the model again.")
        }
        calls.append(Call(layer: index, number: number, reads: reads))
      }
    }
    self.calls = calls
    var (inputs, outputs): ([Place], [Place]) = ([], [])
    for reference in model.inputs { inputs.append(try place(reference)) }
    for reference in model.outputs { outputs.append(try place(reference, isOutput: true)) }
    (self.inputs, self.outputs) = (inputs, outputs)
    order = CallSchedule.order(of: calls)
    guard order.count == calls.count else {
      let done = Set(order)
      let waiting = calls.indices.filter { !done.contains($0) }.map { model.layers[calls[$0].layer].name }
      throw ImportError(
        "the layers \(waiting.brief) wait for each other in a loop; the file is damaged or was edited: save the model "
          + "again.")
    }
  }

  /// Of the calls whose inputs are there, always the first in the file; those that wait in a loop are left out.
  private static func order(of calls: [Call]) -> [Int] {
    var missing = calls.map(\.reads.count)
    var readers: [[Int]] = Array(repeating: [], count: calls.count)
    for (index, call) in calls.enumerated() {
      for place in call.reads { readers[place.call].append(index) }
    }
    /// The smallest position last.
    var ready = Array(calls.indices.filter { missing[$0] == 0 }.reversed())
    var order: [Int] = []
    order.reserveCapacity(calls.count)
    while let call = ready.popLast() {
      order.append(call)
      for reader in readers[call] {
        missing[reader] -= 1
        guard missing[reader] == 0 else { continue }
        let place = ready.lastIndex { $0 > reader }.map { $0 + 1 } ?? 0
        ready.insert(reader, at: place)
      }
    }
    return order
  }
}

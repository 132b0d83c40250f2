/// The order of Keras's `model.layers`, by which it counts off the layers of an HDF5 file whatever their names: the
/// farther from the outputs the earlier, and equally far ones as a depth-first walk from the outputs meets them
/// (Keras's `map_graph`). A layer that is called several times is as far as its farthest call.
struct KerasOrder {
  private(set) var reached: [Int] = []
  /// What leads to no output.
  private(set) var unreached: [Int] = []

  init(_ entries: [ModelOutline.Entry], inputs: [ModelOutline.Reference], outputs: [ModelOutline.Reference]) {
    var starts: [Int] = []
    var count = 0
    for entry in entries {
      starts.append(count)
      count += entry.calls.count
    }
    let owners = entries.indices.flatMap { index in entries[index].calls.map { _ in index } }
    let reads = entries.flatMap { $0.calls.map { $0.inputs.map { starts[$0.entry] + $0.call } } }

    /// When the walk met each entry first, and the calls in the order in which it left them.
    var met: [Int?] = Array(repeating: nil, count: entries.count)
    var meetings = 0
    var finished: [Int] = []
    var isOpen = Array(repeating: false, count: count)
    for output in outputs {
      var open: [(call: Int, next: Int)] = [(starts[output.entry] + output.call, 0)]
      while let (call, next) = open.last {
        if next == 0 {
          if isOpen[call] {
            open.removeLast()
            continue
          }
          isOpen[call] = true
          if met[owners[call]] == nil {
            met[owners[call]] = meetings
            meetings += 1
          }
        }
        if next < reads[call].count {
          open[open.count - 1].next += 1
          // The call itself is not begun again.
          if !isOpen[reads[call][next]] { open.append((reads[call][next], 0)) }
        } else {
          finished.append(call)
          open.removeLast()
        }
      }
    }
    var callDepths = Array(repeating: 0, count: count)
    var depths: [Int?] = Array(repeating: nil, count: entries.count)
    for call in finished.reversed() {
      let depth = max(callDepths[call], depths[owners[call]] ?? 0)
      (callDepths[call], depths[owners[call]]) = (depth, depth)
      for input in reads[call] { callDepths[input] = max(callDepths[input], depth + 1) }
    }
    // Inputs that lead nowhere come before everything else that is as far as an output.
    for input in inputs where depths[input.entry] == nil { (depths[input.entry], met[input.entry]) = (0, -1) }
    reached = entries.indices.filter { depths[$0] != nil }.sorted {
      (-depths[$0]!, met[$0]!) < (-depths[$1]!, met[$1]!)
    }
    unreached = entries.indices.filter { depths[$0] == nil }
  }
}

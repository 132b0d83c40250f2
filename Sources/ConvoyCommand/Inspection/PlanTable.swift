package import Networks
import Tensors

/// The table of `convoy inspect --plan` about a plan: every storage, when its contents matter, where it lies, and who
/// shares its memory.
package struct PlanTable: Encodable, Sendable {
  struct Row: Encodable {
    let label: String
    /// The tensors in it: layers whose output or gradient it is.
    let holds: [String]
    let bytes: Int
    let start: Int
    /// Nil for the end of the step.
    let end: Int?
    /// Bytes from the start of the arena.
    let offset: Int
    /// Storages that use some of the same memory at other times, by their position in the table.
    let sharesWith: [Int]
  }

  let model: String
  let mode: String
  let lanes: Int
  /// Into how many strips images are cut in the layers that allow it; 1 where they are whole.
  let strips: Int
  let arenaBytes: Int
  /// What the arena would be if nothing were shared.
  let storageBytes: Int
  let steps: Int
  /// Whether layers run again in backward.
  let repeats: Bool
  let storages: [Row]

  package init(_ plan: Plan) {
    var holds = Array(repeating: [String](), count: plan.storages.count)
    for step in plan.steps {
      for output in step.outputs where holds[output.storage].last != step.name {
        holds[output.storage].append(step.name)
      }
      for gradient in step.outputGradients where holds[gradient.storage].last != "\(step.name) gradient" {
        holds[gradient.storage].append("\(step.name) gradient")
      }
    }
    let stride = MemoryLayout<Float>.stride
    let last = plan.mode == .training ? plan.steps[0].backwardTime : plan.steps.count
    (model, mode, lanes) = (plan.name, plan.mode.rawValue, plan.lanes)
    strips = plan.strips
    (arenaBytes, steps, repeats) = (plan.arenaBytes, plan.steps.count, plan.repeats)
    storageBytes = plan.storages.reduce(0) { $0 + $1.count * stride }
    storages = plan.storages.enumerated().map { index, storage in
      Row(
        label: storage.label, holds: holds[index].isEmpty ? [storage.label] : holds[index],
        bytes: storage.count * stride,
        start: storage.start, end: storage.end > last ? nil : storage.end, offset: storage.offset * stride,
        sharesWith: plan.storages.indices.filter { $0 != index && plan.storages[$0].range.overlaps(storage.range) })
    }
  }

  package var text: String {
    var table = TextTable([
      ("#", .right), ("holds", .left), ("bytes", .right), ("life", .left), ("offset", .right),
      ("shares memory with #", .left),
    ])
    for (index, row) in storages.enumerated() {
      table.add([
        String(index), row.holds.joined(separator: ", "), row.bytes.grouped,
        "\(row.start) to \(row.end.map(String.init) ?? "end")",
        row.offset.grouped, row.sharesWith.map(String.init).joined(separator: " "),
      ])
    }
    let backward =
      repeats
      ? "then backward, layers that run again (\"again\") before the backward that reads what they give"
      : "backward of layer n at \(2 * steps) - n"
    let time =
      mode == "training"
      ? "inputs at -1, forward of layer n at n, the loss at \(steps), \(backward)" : "inputs at -1, layer n at n"
    let images = strips == 1 ? "\(lanes) images at once" : "\(lanes / strips) images at once, in \(strips) strips each"
    return """
      plan for \(mode): \(images)
      life is counted in layers: \(time)

      \(table.text)

      arena: \(arenaBytes.grouped) bytes (\(arenaBytes.bytes)) instead of \(storageBytes.grouped) if no memory were \
      shared
      """
  }
}

import Tensors
package import Training

/// The table of `convoy inspect --plan` about the memory of a rank.
package struct MemoryTable: Encodable, Sendable {
  struct Row: Encodable {
    let name: String
    let bytes: Int
  }

  let ranks: Int
  let threads: Int
  let parts: [Row]
  /// The peak resident size of a rank.
  let bytes: Int

  package init(_ estimate: MemoryEstimate, ranks: Int, threads: Int) {
    (self.ranks, self.threads, bytes) = (ranks, threads, estimate.bytes)
    parts = estimate.parts.filter { $0.bytes > 0 }.map { Row(name: $0.name, bytes: $0.bytes) }
  }

  package var text: String {
    var table = TextTable([("memory of a rank", .left), ("", .right)])
    for part in parts { table.add([part.name, part.bytes.bytes]) }
    table.add(["all", bytes.bytes])
    return
      "\(ranks == 1 ? "one rank" : "\(ranks) ranks") of "
      + "\(threads == 1 ? "one thread" : "\(threads) threads"):\n\n\(table.text)"
  }
}

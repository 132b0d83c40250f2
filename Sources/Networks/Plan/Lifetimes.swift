import Tensors

/// Which tensors a plan needs, when each is written and read, and which of them share memory.
///
/// A tensor is an activation or a gradient of one graph value. Tensors that share memory form a group, found by union-find.
struct Lifetimes {
  struct Tensor {
    let label: String
    let shape: Shape
    var border = Border.none
    var firstWrite = Int.max
    var lastRead = Int.min
  }

  private(set) var tensors: [Tensor] = []
  private var parent: [Int] = []

  mutating func add(label: String, shape: Shape) -> Int {
    tensors.append(Tensor(label: label, shape: shape))
    parent.append(parent.count)
    return parent.count - 1
  }

  func group(_ tensor: Int) -> Int {
    var root = tensor
    while parent[root] != root { root = parent[root] }
    return root
  }

  /// Writes and reads are recorded before any tensors are joined, except for the reads of a group, which only grow.
  mutating func write(_ tensor: Int, at time: Int) {
    let root = group(tensor)
    tensors[root].firstWrite = min(tensors[root].firstWrite, time)
    tensors[root].lastRead = max(tensors[root].lastRead, time)
  }

  mutating func read(_ tensor: Int, at time: Int) {
    let root = group(tensor)
    tensors[root].lastRead = max(tensors[root].lastRead, time)
  }

  mutating func wantBorder(_ tensor: Int, _ border: Border) {
    let root = group(tensor)
    tensors[root].border = tensors[root].border.union(border)
  }

  /// Lets both tensors use the same memory.
  mutating func join(_ tensor: Int, _ other: Int) {
    let (first, second) = (group(tensor), group(other))
    guard first != second else { return }
    precondition(tensors[first].shape == tensors[second].shape, "only tensors of one shape share memory")
    parent[second] = first
    tensors[first].border = tensors[first].border.union(tensors[second].border)
    tensors[first].firstWrite = min(tensors[first].firstWrite, tensors[second].firstWrite)
    tensors[first].lastRead = max(tensors[first].lastRead, tensors[second].lastRead)
  }

  /// Whether nobody reads the memory of this tensor later than `time`, so that it may be overwritten then.
  func isFree(_ tensor: Int, after time: Int) -> Bool { tensors[group(tensor)].lastRead <= time }

  subscript(tensor: Int) -> Tensor { tensors[group(tensor)] }
}

import Tensors

/// Which tensors a plan needs, when each is written and read, and which of them share memory.
///
/// A tensor is an activation or a gradient of one graph value. Tensors that share memory form a group, found by
/// union-find: the largest of them is the root, and the others are all of it, some of its channels, or what lies inside
/// of cells around.
struct Lifetimes {
  struct Tensor {
    let label: String
    let shape: Shape
    var border = Border.none
    /// The part of it that somebody reads as zero.
    var zeros = Border.none
    var firstWrite = Int.max
    var lastRead = Int.min
  }

  private(set) var tensors: [Tensor] = []
  /// Which tensor is written or read when.
  private var uses: [(tensor: Int, time: Int)] = []
  /// The tensor that holds this one, at which of its channels, and with which of its cells around it; itself for a
  /// root.
  private var holder: [(tensor: Int, channel: Int, around: Border)] = []

  mutating func add(label: String, shape: Shape) -> Int {
    tensors.append(Tensor(label: label, shape: shape))
    holder.append((holder.count, 0, .none))
    return holder.count - 1
  }

  /// The root of a tensor's group, at which of its channels the tensor starts, and which of its cells lie around it.
  func place(_ tensor: Int) -> (root: Int, channel: Int, around: Border) {
    var place = (root: tensor, channel: 0, around: Border.none)
    while holder[place.root].tensor != place.root {
      let next = holder[place.root]
      place = (next.tensor, place.channel + next.channel, place.around.surrounded(by: next.around))
    }
    return place
  }

  func group(_ tensor: Int) -> Int { place(tensor).root }

  /// Writes and reads are recorded before any tensors are joined, except for the reads of a group, which only grow.
  mutating func write(_ tensor: Int, at time: Int) {
    uses.append((tensor, time))
    let root = group(tensor)
    tensors[root].firstWrite = min(tensors[root].firstWrite, time)
    tensors[root].lastRead = max(tensors[root].lastRead, time)
  }

  mutating func read(_ tensor: Int, at time: Int) {
    uses.append((tensor, time))
    let root = group(tensor)
    tensors[root].lastRead = max(tensors[root].lastRead, time)
  }

  /// The roots of the groups that are written or read at some times.
  func groups(usedDuring times: ClosedRange<Int>) -> Set<Int> {
    Set(uses.lazy.filter { times.contains($0.time) }.map { group($0.tensor) })
  }

  /// Wants cells around a tensor, which are zero.
  mutating func wantBorder(_ tensor: Int, _ border: Border) {
    let root = group(tensor)
    tensors[root].zeros = tensors[root].zeros.union(border)
    wantSpace(tensor, border)
  }

  /// Wants cells around a tensor, whatever they hold.
  mutating func wantSpace(_ tensor: Int, _ border: Border) {
    let root = group(tensor)
    tensors[root].border = tensors[root].border.union(border)
  }

  /// The cells around a tensor, of its group's border and of what holds it.
  func border(of tensor: Int) -> Border {
    let place = place(tensor)
    return tensors[place.root].border.surrounded(by: place.around)
  }

  /// Whether nobody reads zeros around a tensor where other cells of one that is to hold it would lie.
  func mayHold(_ part: Int, in whole: Int, inside around: Border = .none) -> Bool {
    !tensors[group(part)].zeros.meets(place(whole).around.surrounded(by: around))
  }

  /// Lets `other`, which shares no memory with a larger tensor yet, use the memory of `tensor`.
  mutating func join(_ tensor: Int, _ other: Int) { put(other, into: tensor, atChannel: 0) }

  /// Whether a tensor's memory may become a part of that of another one.
  func mayBePart(_ part: Int, of whole: Int) -> Bool { group(part) != group(whole) && isWhole(part) }

  /// Lets a tensor be some of the channels of another one, or what lies inside of cells around.
  mutating func put(_ part: Int, into whole: Int, atChannel channel: Int, inside border: Border = .none) {
    let (inner, outer) = (group(part), place(whole))
    guard inner != outer.root else { return }
    precondition(isWhole(part) && mayHold(part, in: whole, inside: border), "a tensor lies in two others")
    let around = outer.around.surrounded(by: border)
    let (small, large) = (tensors[inner].shape, tensors[outer.root].shape)
    let isWide = small.width + around.left + around.right == large.width
    let isHigh = small.height + around.top + around.bottom == large.height
    precondition(
      isWide && isHigh && small.rank == large.rank && small.depth == large.depth
        && outer.channel + channel + small.channels <= large.channels,
      "\(small) is no part of \(large)")
    holder[inner] = (outer.root, outer.channel + channel, around)
    tensors[outer.root].border = tensors[outer.root].border.union(tensors[inner].border.beyond(around))
    tensors[outer.root].zeros = tensors[outer.root].zeros.union(tensors[inner].zeros)
    tensors[outer.root].firstWrite = min(tensors[outer.root].firstWrite, tensors[inner].firstWrite)
    tensors[outer.root].lastRead = max(tensors[outer.root].lastRead, tensors[inner].lastRead)
  }

  /// Whether nobody reads the memory of this tensor later than `time`, so that it may be overwritten then.
  func isFree(_ tensor: Int, after time: Int) -> Bool { self[tensor].lastRead <= time }

  subscript(tensor: Int) -> Tensor { tensors[group(tensor)] }

  private func isWhole(_ tensor: Int) -> Bool { tensors[tensor].shape == self[tensor].shape }
}

import Kernels
import Tensors

/// A part of a tensor, as Python's `x[:, 1:5, ::2, 0]` takes it; the batch axis is whole. Backward puts the gradient
/// where the part was taken from, and zeros elsewhere.
struct Selection: OperationBody {
  enum Item: Hashable, Sendable {
    case range(start: Int?, stop: Int?, step: Int)
    /// One place; the axis is gone.
    case place(Int)
    case newAxis
    /// As many whole axes as are missing.
    case ellipsis
  }

  /// The part that is taken along an axis of the input, among the four of a view.
  private struct Taken {
    let axis: Int
    let start: Int
    let step: Int
    let count: Int
  }

  let items: [Item]
  private var taken: [Taken] = []
  /// Axes of the view that go, and axes that come, ascending.
  private var removed: [Int] = []
  private var inserted: [Int] = []

  init(_ items: [Item]) { self.items = items }

  /// The items of the axes of a sample: those of the batch axis taken off, all axes named.
  private func complete(_ input: Shape) throws(ShapeError) -> [Item] {
    let whole = Item.range(start: nil, stop: nil, step: 1)
    var items = items
    let used = items.count { $0 != .newAxis && $0 != .ellipsis }
    guard used <= input.rank + 1, items.count(where: { $0 == .ellipsis }) < 2 else {
      throw ShapeError(
        "names \(used) axes, but its input \(input) has \(input.rank + 1) with the batch; name no more.")
    }
    let rest = Array(repeating: whole, count: input.rank + 1 - used)
    if let place = items.firstIndex(of: .ellipsis) {
      items.replaceSubrange(place...place, with: rest)
    } else {
      items += rest
    }
    guard items.first == whole || items.first == .range(start: 0, stop: nil, step: 1) else {
      throw ShapeError("selects samples of the batch; begin it with a whole axis (':').")
    }
    return Array(items.dropFirst())
  }

  private func resolve(_ input: Shape) throws(ShapeError) -> (sizes: [Int], layer: Selection) {
    var layer = Selection(items)
    var sizes: [Int] = []
    var axis = 0
    var newAxes: [Int] = []
    for item in try complete(input) {
      if item == .newAxis {
        newAxes.append(sizes.count)
        sizes.append(1)
        continue
      }
      let size = input.dimensions[axis]
      let view = 4 - input.rank + axis
      switch item {
      case .place(let index):
        let start = index < 0 ? index + size : index
        guard (0..<size).contains(start) else {
          throw ShapeError("takes place \(index) of an axis of size \(size); take one from 0 to \(size - 1).")
        }
        layer.taken.append(Taken(axis: view, start: start, step: 1, count: 1))
        layer.removed.append(view)
      case .range(let from, let to, let step):
        let (start, count) = Selection.range(from, to, step, size)
        guard count > 0 else { throw ShapeError("takes nothing from an axis of size \(size); take a part of it.") }
        layer.taken.append(Taken(axis: view, start: start, step: step, count: count))
        sizes.append(count)
      case .newAxis, .ellipsis: preconditionFailure("dealt with above")
      }
      axis += 1
    }
    guard sizes.count <= 4 else {
      throw ShapeError("makes \(sizes.count) axes, but a sample has at most four; add fewer new axes.")
    }
    layer.inserted = newAxes.map { 4 - sizes.count + $0 }
    return (sizes, layer)
  }

  /// Python's rule for a slice of so many elements.
  private static func range(_ from: Int?, _ to: Int?, _ step: Int, _ size: Int) -> (start: Int, count: Int) {
    func bounded(_ place: Int, _ low: Int, _ high: Int) -> Int { min(max(place < 0 ? place + size : place, low), high) }
    if step > 0 {
      let (start, stop) = (from.map { bounded($0, 0, size) } ?? 0, to.map { bounded($0, 0, size) } ?? size)
      return (start, max(0, (stop - start + step - 1) / step))
    }
    let start = from.map { bounded($0, -1, size - 1) } ?? size - 1
    let stop = to.map { bounded($0, -1, size - 1) } ?? -1
    return (start, max(0, (start - stop - step - 1) / -step))
  }

  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    Signature(outputs: [Shape(try resolve(try inputs.one()).sizes)])
  }

  func bound(to inputs: [Shape]) -> any Layer {
    guard let (_, layer) = try? resolve(inputs[0]) else { preconditionFailure("bound to a shape that does not fit") }
    return layer
  }

  /// The part of a tensor of the input's shape, with the axes of the output.
  private func part(_ tensor: Tensor) -> TensorView {
    var view = TensorView(tensor)
    for part in taken { view = view.taking(part.count, from: part.start, step: part.step, axis: part.axis) }
    for axis in removed { view = view.removing(axis: axis) }
    for axis in inserted { view = view.inserting(axis: axis) }
    return view
  }

  func forward(_ pass: borrowing ForwardPass) { TensorView(pass.output).copy(part(pass.input)) }

  func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    Elementwise.clear(inputGradient)
    part(inputGradient).copy(TensorView(pass.outputGradient))
  }
}

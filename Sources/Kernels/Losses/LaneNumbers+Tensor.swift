public import Tensors

extension LaneNumbers {
  /// Writes the numbers, rounded, into a tensor of shape (1).
  public func copy(into tensor: Tensor) {
    let layout = tensor.layout
    precondition(layout.planeCount == lanes && layout.channels == 1, "a number for each lane of \(tensor.shape)")
    for lane in 0..<lanes { tensor.storage[layout.origin + lane] = Float(self[lane]) }
  }
}

/// How a window that slides along an axis treats its ends, as Keras names it.
public enum Padding: String, CaseIterable, Hashable, Sendable {
  /// The window stays inside; cells at the end that no window reaches are ignored.
  case valid
  /// As many cells are added as `ceil(count / stride)` windows need, the odd one at the end.
  case same
  /// As many cells are added in front as a window spans beyond one: no window reaches beyond its place.
  case causal

  /// - Parameters:
  ///   - count: cells of the axis.
  ///   - size: cells of the window; `dilation` cells lie between the first cells of two neighbouring taps.
  /// - Returns: the number of windows (0 when the window does not fit) and the cells of padding before and after the
  ///   axis.
  public func windows(
    over count: Int, size: Int, stride: Int, dilation: Int = 1
  ) -> (count: Int, before: Int, after: Int) {
    precondition(count >= 0 && size > 0 && stride > 0 && dilation > 0)
    let extent = (size - 1) * dilation + 1
    switch self {
    case .valid:
      return (count < extent ? 0 : (count - extent) / stride + 1, 0, 0)
    case .same:
      let windows = (count + stride - 1) / stride
      let added = max(0, (windows - 1) * stride + extent - count)
      return (windows, added / 2, added - added / 2)
    case .causal:
      return ((count + stride - 1) / stride, extent - 1, 0)
    }
  }
}

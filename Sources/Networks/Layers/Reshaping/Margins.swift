import Kernels

/// Cells before and after each spatial axis: those that `ZeroPadding` adds, or that `Cropping` takes away.
struct Margins: Hashable, Sendable {
  /// One number for each spatial axis, in Keras's order.
  let before: [Int], after: [Int]

  init(before: [Int], after: [Int]) {
    precondition(before.count == after.count && (before + after).allSatisfy { $0 >= 0 }, "a negative margin")
    (self.before, self.after) = (before, after)
  }

  /// Reads one number for all, one for each axis, or a pair for each axis: `((top, bottom), (left, right))`. With one
  /// axis a list of two is a pair.
  ///
  /// - Parameter standard: all numbers where the key is absent.
  init(_ key: String, in configuration: LayerConfiguration, axes count: Int, default standard: Int) throws(ImportError)
  {
    let value = configuration.value(key)
    let list = value.asArray ?? []
    var pairs = list.map { axis in axis.asInteger.map { [$0, $0] } ?? (axis.asArray ?? []).map { $0.asInteger ?? -1 } }
    if value == .null || value.asInteger != nil {
      pairs = Array(repeating: Array(repeating: value.asInteger ?? standard, count: 2), count: count)
    } else if count == 1, list.count == 2 {
      pairs = [list.map { $0.asInteger ?? -1 }]
    }
    guard pairs.count == count,
      pairs.allSatisfy({ $0.count == 2 && $0.allSatisfy { (0...Margins.limit).contains($0) } })
    else {
      let form = ["(before, after)", "((top, bottom), (left, right))", "((front, back), (top, bottom), (left, right))"]
      throw ImportError(
        "layer '\(configuration.layerName)' (\(configuration.className)): \(key) is \(value.brief), but must be a "
          + "number of 0 or more, or \(form[count - 1]).")
    }
    self.init(before: pairs.map { $0[0] }, after: pairs.map { $0[1] })
  }

  /// More cells than any image has.
  private static let limit = 1 << 24

  var kerasConfiguration: JSONValue {
    let pairs = zip(before, after).map { JSONValue([$0, $1]) }
    return pairs.count == 1 ? pairs[0] : .array(pairs)
  }

  /// As many numbers as there are axes in memory; 0 on axes that the data does not have.
  var axesBefore: Axes { Margins.axes(before) }
  var axesAfter: Axes { Margins.axes(after) }

  private static func axes(_ numbers: [Int]) -> Axes {
    Axes([Int](repeating: 0, count: 3 - numbers.count) + numbers)
  }
}

extension [String: JSONValue] {
  /// With Keras's `data_format`, which layers over one axis do not know.
  func namingFormat(axes: Int) -> [String: JSONValue] {
    axes == 1 ? self : merging(["data_format": "channels_last"]) { $1 }
  }
}

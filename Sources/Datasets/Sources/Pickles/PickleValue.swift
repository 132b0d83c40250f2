/// A value of a pickle.
enum PickleValue {
  case none
  case integer(Int)
  /// Bytes and text: Python 2 wrote both as one.
  case bytes([UInt8])
  case tuple([PickleValue])
  case list(Items)
  case dictionary(Items)
  /// A name of a module: `numpy.dtype`.
  case name(String)
  case type(NumberType)
  case array(NumberArray)

  /// Values of a list, or keys and values in turn: what is remembered grows later.
  final class Items {
    var values: [PickleValue] = []
  }

  /// `u1`, and its byte order.
  final class NumberType {
    let name: String
    var order = "<"

    init(_ name: String) { self.name = name }
  }

  final class NumberArray {
    var shape: [Int] = []
    var type = NumberType("")
    var bytes: [UInt8] = []
    var isFortran = false
  }

  var integer: Int? { if case .integer(let integer) = self { integer } else { nil } }
  var text: String? { if case .bytes(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil } }
  var array: NumberArray? { if case .array(let array) = self { array } else { nil } }

  var list: [PickleValue]? {
    switch self {
    case .list(let items): items.values
    case .tuple(let values): values
    default: nil
    }
  }

  /// The value of a key of a dictionary.
  subscript(key: String) -> PickleValue? {
    guard case .dictionary(let items) = self else { return nil }
    let place = stride(from: 0, to: items.values.count - 1, by: 2).first { items.values[$0].text == key }
    return place.map { items.values[$0 + 1] }
  }
}

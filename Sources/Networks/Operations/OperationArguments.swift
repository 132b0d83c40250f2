import Tensors

/// The arguments of an operation, read one by one.
struct OperationArguments {
  let operation: String
  let values: [String: JSONValue]

  func error(_ problem: String) -> ImportError { ImportError("the operation '\(operation)' \(problem).") }

  func expectOnly(_ keys: String...) throws(ImportError) { try expectOnly(keys) }

  func expectOnly(_ keys: [String]) throws(ImportError) {
    if let key = values.keys.filter({ !keys.contains($0) }).min() {
      throw error("is called with \(key) = \(values[key]!.brief), which is not supported; build the model without it")
    }
  }

  func bool(_ key: String) throws(ImportError) -> Bool {
    guard let value = values[key] else { return false }
    guard let bool = value.asBool else { throw error("has \(key) = \(value.brief), but it must be true or false") }
    return bool
  }

  func number(_ key: String, _ standard: Double?) throws(ImportError) -> Double {
    guard let number = values[key]?.asNumber ?? standard else {
      throw error("has \(key) = \((values[key] ?? .null).brief), but it must be a number")
    }
    return number
  }

  func integer(_ key: String) throws(ImportError) -> Int {
    guard let integer = values[key]?.asInteger, integer.magnitude < 1 << 31 else {
      throw error("has \(key) = \((values[key] ?? .null).brief), but it must be a whole number")
    }
    return integer
  }

  func expectChannelsLast() throws(ImportError) {
    guard values["data_format"]?.asString ?? "channels_last" == "channels_last" else {
      throw error("has its channels first, which is not supported; use data_format='channels_last'")
    }
  }

  func integers(_ key: String) throws(ImportError) -> [Int] {
    let list = values[key]?.asArray ?? []
    let integers = list.compactMap(\.asInteger)
    guard !list.isEmpty, integers.count == list.count else {
      throw error("has \(key) = \((values[key] ?? .null).brief), but it must be whole numbers")
    }
    return integers
  }

  /// One axis or several; nil where none is named.
  func axes() throws(ImportError) -> [Int]? {
    guard let value = values["axis"] else { return nil }
    if let one = value.asInteger { return [one] }
    return try integers("axis")
  }

  /// Nil where all operands are tensors.
  func constant() throws(ImportError) -> Constant? {
    guard let value = values["constant"] else { return nil }
    guard let constant = Constant(value) else {
      throw error("has the operand \(value.brief), but it must be a tensor, a number or lists of numbers")
    }
    return constant
  }

  func pad() throws(ImportError) -> Pad {
    guard (values["mode"]?.asString ?? "constant").lowercased() == "constant" else {
      throw error("pads in the mode \(values["mode"]!.brief); only 'constant' is supported")
    }
    var widths: [(before: Int, after: Int)] = []
    for pair in values["pad_width"]?.asArray ?? [] {
      let numbers = (pair.asArray ?? []).compactMap(\.asInteger)
      guard numbers.count == 2, numbers.allSatisfy({ (0..<1 << 24).contains($0) }) else {
        throw error("has the width \(pair.brief), but it must be two whole numbers of at least 0")
      }
      widths.append((numbers[0], numbers[1]))
    }
    guard let batch = widths.first, batch == (0, 0) else { throw error("pads the batch; pad other axes only") }
    return Pad(Array(widths.dropFirst()), value: Float(try number("constant_values", 0)))
  }

  /// Items are objects with `start`, `stop` and `step`, whole numbers, null for a new axis, or "..." for all other
  /// axes.
  func selection() throws(ImportError) -> [Selection.Item] {
    guard let list = values["key"]?.asArray, !list.isEmpty else { throw error("does not say what it takes; save the model again") }
    var items: [Selection.Item] = []
    for value in list {
      if value == .null {
        items.append(.newAxis)
      } else if value == "..." {
        items.append(.ellipsis)
      } else if let place = value.asInteger {
        items.append(.place(place))
      } else {
        func bound(_ key: String) throws(ImportError) -> Int? {
          guard value[key] == .null || value[key].asInteger != nil else {
            throw error("takes a part whose '\(key)' is \(value[key].brief), but it must be a whole number")
          }
          return value[key].asInteger
        }
        let step = try bound("step") ?? 1
        guard value.asObject != nil, step != 0 else {
          throw error("takes \(value.brief), which is not a part of an axis; give start, stop and a step other than 0")
        }
        items.append(.range(start: try bound("start"), stop: try bound("stop"), step: step))
      }
    }
    return items
  }
}

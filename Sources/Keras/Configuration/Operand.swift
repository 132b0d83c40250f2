import Networks

/// One argument of a call: a tensor, a constant, or a list of such.
indirect enum Operand {
  case tensor(TensorReference)
  case constant(JSONValue)
  case list([Operand])
  /// By name, as a model that was built with a dictionary takes its inputs.
  case members([String: Operand])

  /// All tensors in it, in order; members sorted by name, as Keras does.
  var tensors: [TensorReference] {
    switch self {
    case .tensor(let reference): [reference]
    case .constant: []
    case .list(let operands): operands.flatMap(\.tensors)
    case .members(let operands): operands.keys.sorted().flatMap { operands[$0]!.tensors }
    }
  }

  /// What Keras 3 writes: tensors are objects that say so.
  init(keras3 value: JSONValue) throws(ImportError) {
    if value["class_name"].asString == "__keras_tensor__" {
      guard let reference = TensorReference(value["config"]["keras_history"]) else {
        throw ImportError("a tensor without a keras_history; save the model again with Keras.")
      }
      self = .tensor(reference)
    } else if let list = value.asArray, value.containsTensor {
      var operands: [Operand] = []
      for element in list { operands.append(try Operand(keras3: element)) }
      self = .list(operands)
    } else if let members = value.asObject, value.containsTensor {
      var operands: [String: Operand] = [:]
      for (name, element) in members { operands[name] = try Operand(keras3: element) }
      self = .members(operands)
    } else {
      self = .constant(value)
    }
  }

  /// `["conv", 0, 0]`, or `["_CONSTANT_VALUE", -1, 2.0]`, with or without a fourth element; nil for anything else.
  init?(keras2Reference value: JSONValue) {
    let list = value.asArray ?? []
    if list.first == "_CONSTANT_VALUE", list.count >= 3 {
      self = .constant(list[2])
    } else if let reference = TensorReference(value) {
      self = .tensor(reference)
    } else {
      return nil
    }
  }

  /// What Keras 2 writes among the arguments of an operation: a list of a name and two integers is a tensor.
  init(keras2 value: JSONValue) {
    if value.asArray?.count == 3, let operand = Operand(keras2Reference: value) {
      self = operand
    } else if let list = value.asArray, list.contains(where: { TensorReference($0) != nil }) {
      self = .list(list.map { Operand(keras2: $0) })
    } else {
      self = .constant(value)
    }
  }
}

extension JSONValue {
  fileprivate var containsTensor: Bool {
    switch self {
    case .array(let elements): elements.contains(where: \.containsTensor)
    case .object(let members):
      members["class_name"]?.asString == "__keras_tensor__" || members.values.contains(where: \.containsTensor)
    default: false
    }
  }
}

public import Kernels
import Tensors

/// A layer that takes texts, or whole numbers too large for floats.
protocol TakesKeys: Layer {
  /// The same layer for inputs of these forms.
  func taking(_ forms: [KeyForm]) throws(ShapeError) -> any Layer
}

extension Graph {
  /// The form in which a value holds keys; `number` for what is no text.
  public func keyForm(_ value: Value) -> KeyForm {
    let node = nodes[value.node]
    if let input = node.layer as? Input { return input.form }
    guard node.layer is Split || node.layer is Identity, let input = node.inputs.first else { return .number }
    return keyForm(input)
  }

  /// Whether an input takes numbers, not texts.
  public func takesNumbers(_ input: Int) -> Bool { keyForm(inputs[input]) == .number }

  /// A layer as it takes values of these forms; refuses one that takes numbers where there is text.
  static func layer(_ layer: any Layer, taking forms: [KeyForm]) throws(ShapeError) -> any Layer {
    if let layer = layer as? any TakesKeys { return try layer.taking(forms) }
    guard let form = forms.first(where: { $0 != .number }) else { return layer }
    if let input = layer as? Input { return Input(form.keys(of: input.shape), form, capacity: input.shape.channels) }
    guard !(layer is Split || layer is Identity) else { return layer }
    throw ShapeError(
      "takes numbers, but is given text; put a StringLookup, a TextVectorization or a Hashing before it.")
  }
}

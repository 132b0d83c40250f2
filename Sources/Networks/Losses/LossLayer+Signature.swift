import Tensors

extension LossLayer {
  /// What a loss asks of the planner that reads its predictions and its target again in backward.
  func signature(comparing inputs: [Shape]) throws(ShapeError) -> Signature {
    guard inputs.count == 2 else {
      throw ShapeError("takes predictions and a target, but has \(inputs.count) inputs; give it these two.")
    }
    let wanted = try targetShape(for: [inputs[0]])
    guard inputs[1] == wanted else {
      throw ShapeError(
        "takes targets of shape \(wanted) for predictions of shape \(inputs[0]), but is given \(inputs[1]); give it "
          + "others, or choose another loss.")
    }
    var signature = Signature(outputs: [[1]])
    signature.backwardReads = .inputs
    return signature
  }
}

extension LayerConfiguration {
  /// A share of at least 0 and below 1.
  func labelSmoothing() throws(ImportError) -> Double {
    let value = try number("label_smoothing", default: 0)
    guard value >= 0, value < 1 else {
      throw ImportError(
        "\(place): label_smoothing is \(value), but must be at least 0 and below 1.")
    }
    return value
  }
}

public import Kernels
public import Tensors

/// A loss of the overlap of predicted and true shares, from 0 to 1 and of the same shape, over groups of elements of an
/// image; over the groups goes `reduction`.
public protocol OverlappingLoss: LossLayer {
  var reduction: LossReduction { get }
  var function: OverlapLoss { get }
  /// Along which elements belong to one group, as Keras counts axes; nil for all. The batch, 0, may be among them, but
  /// groups never reach beyond an image.
  var axes: [Int]? { get }
}

extension OverlappingLoss {
  public func targetShape(for predictions: [Shape]) throws(ShapeError) -> Shape { try predictions.one() }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = try signature(comparing: inputs)
    let shape = inputs[0]
    _ = try shape.positions(ofAxes: (axes ?? []).filter { $0 != 0 && $0 != -1 - shape.rank })
    guard axes == nil || joined(in: shape) != [] else {
      throw ShapeError("is taken over axis 0, the batch, alone; name axes of the image, from 1 to \(shape.rank).")
    }
    let joined = joined(in: shape)
    signature.saved = { OverlapLoss.slopeCount(of: shape, axes: joined, lanes: $0) }
    signature.savesAtInference = true
    return signature
  }

  private func joined(in shape: Shape) -> OverlapLoss.Axes {
    guard let axes else { return .all }
    var joined: OverlapLoss.Axes = []
    for axis in axes {
      let fromEnd = axis < 0 ? -axis - 1 : shape.rank - axis
      if fromEnd < shape.rank { joined.insert(OverlapLoss.Axes(rawValue: 1 << fromEnd)) }
    }
    return joined
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let predictions = pass.inputs[0]
    let joined = joined(in: predictions.shape)
    function.measure(
      predictions, target: pass.inputs[1], axes: joined, live: pass.live,
      scale: reduction.scale(positions: joined.groupCount(of: predictions.shape)), slopes: pass.saved,
      into: pass.losses)
    pass.losses.copy(into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let gradient = pass.inputGradient else { return }
    let joined = joined(in: gradient.shape)
    OverlapLoss.differentiate(
      target: pass.inputs[1], axes: joined, slopes: pass.saved, factors: pass.outputGradient,
      scale: reduction.scale(positions: joined.groupCount(of: gradient.shape)), into: gradient)
  }
}

extension LayerConfiguration {
  /// Keras's `axis` of an overlap: null, one axis or several. It pools over the batch where that is among them, or
  /// null.
  func overlapAxes() throws(ImportError) -> [Int]? {
    let denominator = try string("denominator", default: "image")
    guard denominator == "image" else {
      throw ImportError(
        "\(place): denominator is '\(denominator)', but a sum over the whole batch is not supported; leave it out, and "
          + "the loss is taken of each image.")
    }
    return value("axis") == .null ? nil : try axes("axis")
  }
}

public import Kernels
public import Tensors

/// Images of another size: (H, W, C) to (height, width, C), by interpolation as TensorFlow does it.
///
/// With `Fitting.crop` the middle of the image, as large as fits, is resized to the aspect ratio of the output; with
/// `Fitting.pad` the image in the middle of zeros.
public struct Resizing: Layer {
  public static let kerasName = "Resizing"

  /// The treatment of images of another aspect ratio: Keras's `crop_to_aspect_ratio` and `pad_to_aspect_ratio`.
  public enum Fitting: Sendable {
    case stage, crop, pad
  }

  public let height: Int, width: Int
  public let interpolation: Interpolation
  public let fitting: Fitting
  /// Keras's `antialias`: smoothing along axes that become shorter.
  public let isSmoothed: Bool
  private var bound: Bound?

  /// Values that follow from the shape of the input: the part that is resized, larger than the image where it is
  /// padded.
  private struct Bound {
    let part: Shape
    let top: Int, left: Int
    let resampling: Resampling
  }

  public init(
    height: Int, width: Int, interpolation: Interpolation = .bilinear, fitting: Fitting = .stage,
    isSmoothed: Bool = false
  ) {
    precondition(height > 0 && width > 0, "an image has at least one pixel")
    (self.height, self.width, self.interpolation, self.fitting) = (height, width, interpolation, fitting)
    self.isSmoothed = isSmoothed
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    (height, width) = try configuration.imageSize()
    interpolation = try configuration.choice("interpolation", default: .bilinear)
    let crops = try configuration.bool("crop_to_aspect_ratio", default: false)
    let pads = try configuration.bool("pad_to_aspect_ratio", default: false)
    guard !crops || !pads else {
      throw ImportError(
        "layer '\(configuration.layerName)' (Resizing): crops and pads to the aspect ratio; set one of the two to "
          + "false."
      )
    }
    fitting = crops ? .crop : pads ? .pad : .stage
    isSmoothed = try configuration.bool("antialias", default: false)
    try configuration.expect("fill_mode", among: ["constant"])
    try configuration.expect("fill_value", among: [0, 0.0])
    try configuration.expect("data_format", among: ["channels_last"])
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    var values: [String: JSONValue] = [
      "height": .integer(height), "width": .integer(width), "interpolation": .string(interpolation.rawValue),
      "crop_to_aspect_ratio": .bool(fitting == .crop),
    ]
    if fitting == .pad { values["pad_to_aspect_ratio"] = true }
    if isSmoothed { values["antialias"] = true }
    return values
  }

  /// Keras cuts fractions of pixels off, and pads alike on both sides: one pixel too little where what is missing is
  /// odd.
  private func binding(_ input: Shape) -> Bound {
    func length(_ size: Int, _ other: Int, _ wanted: Int, _ otherWanted: Int) -> Int {
      let proportional = Int(Float(other * wanted) / Float(otherWanted))
      return switch fitting {
      case .stage: size
      case .crop: max(1, min(size, proportional))
      case .pad: size + max(0, proportional - size) / 2 * 2
      }
    }
    let rows = length(input.height, input.width, height, width)
    let columns = length(input.width, input.height, width, height)
    let part: Shape = [rows, columns, input.channels]
    return Bound(
      part: part, top: abs(input.height - rows) / 2, left: abs(input.width - columns) / 2,
      resampling: Resampling(part, height: height, width: width, interpolation: interpolation, isSmoothed: isSmoothed))
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one(rank: 3)
    guard input.count > 0 else {
      throw ShapeError("resizes images of shape \(input), which have no pixels; give it larger ones.")
    }
    let bound = binding(input)
    var signature = Signature(outputs: [[height, width, input.channels]])
    signature.scratch = { [fitting] in
      bound.resampling.scratchCount(lanes: $0) + (fitting == .stage ? 0 : Layout(bound.part, lanes: $0).count)
    }
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.bound = binding(inputs[0])
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let (bound, input) = (self.bound!, pass.input)
    guard let part = part(bound, pass.scratch, input.lanes) else {
      return bound.resampling.apply(input, into: pass.output, scratch: pass.scratch)
    }
    if fitting == .crop {
      Reshaping.crop(input, height: bound.top, width: bound.left, into: part)
    } else {
      Reshaping.pad(input, height: bound.top, width: bound.left, into: part)
    }
    bound.resampling.apply(part, into: pass.output, scratch: rest(part, pass.scratch))
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    let (bound, gradient) = (self.bound!, pass.outputGradient)
    guard let part = part(bound, pass.scratch, gradient.lanes) else {
      return bound.resampling.differentiate(gradient: gradient, into: inputGradient, scratch: pass.scratch)
    }
    bound.resampling.differentiate(gradient: gradient, into: part, scratch: rest(part, pass.scratch))
    if fitting == .crop {
      Reshaping.pad(part, height: bound.top, width: bound.left, into: inputGradient)
    } else {
      Reshaping.crop(part, height: bound.top, width: bound.left, into: inputGradient)
    }
  }

  /// Memory for the part that is resized; nil where that is the image.
  private func part(_ bound: Bound, _ scratch: Buffer, _ lanes: Int) -> Tensor? {
    if fitting == .stage { return nil }
    let layout = Layout(bound.part, lanes: lanes)
    return Tensor(bound.part, layout: layout, storage: scratch[0..<layout.count])
  }

  private func rest(_ part: Tensor, _ scratch: Buffer) -> Buffer { scratch[part.layout.count..<scratch.count] }
}

extension LayerConfiguration {
  /// `height` and `width` of images.
  func imageSize() throws(ImportError) -> (height: Int, width: Int) {
    let (height, width) = (try integer("height"), try integer("width"))
    guard height > 0, width > 0, height < 1 << 16, width < 1 << 16 else {
      throw ImportError(
        "layer '\(layerName)' (\(className)): makes images of \(height) x \(width) pixels; give it at least 1 and at "
          + "most 65,535 in each direction."
      )
    }
    return (height, width)
  }
}

import Kernels
public import Tensors

/// The middle of each image: (H, W, C) to (height, width, C). Images that are smaller in any direction are resized
/// instead, to the same aspect ratio, as `Resizing` does with `crop_to_aspect_ratio`.
public struct CenterCrop: Layer {
  public static let kerasName = "CenterCrop"
  public let height: Int, width: Int
  private var top = 0, left = 0

  public init(height: Int, width: Int) {
    precondition(height > 0 && width > 0, "an image has at least one pixel")
    (self.height, self.width) = (height, width)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    (height, width) = try configuration.imageSize()
    try configuration.expect("data_format", among: ["channels_last"])
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["height": .integer(height), "width": .integer(width)] }

  private var resizing: Resizing { Resizing(height: height, width: width, fitting: .crop) }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one(rank: 3)
    guard input.height >= height, input.width >= width else { return try resizing.signature(of: inputs) }
    return Signature(outputs: [[height, width, input.channels]])
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    let input = inputs[0]
    guard input.height >= height, input.width >= width else {
      return resizing.bound(to: inputs)
    }
    var copy = self
    (copy.top, copy.left) = ((input.height - height) / 2, (input.width - width) / 2)
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) {
    Reshaping.crop(pass.input, height: top, width: left, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    Reshaping.pad(pass.outputGradient, height: top, width: left, into: inputGradient)
  }
}

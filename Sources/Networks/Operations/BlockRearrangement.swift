import Kernels
import Tensors

/// Blocks of b x b pixels from channels, or the other way round, as TensorFlow's `depth_to_space` and `space_to_depth`:
///
///     (H, W, b b C) to (b H, b W, C):  y[b h + i, b w + j, c] = x[h, w, (b i + j) C + c]
///
/// Each is the other's backward.
struct BlockRearrangement: OperationBody {
  enum Direction: Sendable { case toSpace, toDepth }

  let block: Int
  let direction: Direction

  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one(rank: 3)
    switch direction {
    case .toSpace:
      guard input.channels % (block * block) == 0 else {
        throw ShapeError(
          "makes blocks of \(block) x \(block) pixels of the channels of \(input), which do not divide; make their "
            + "number a multiple of \(block * block).")
      }
      return Signature(outputs: [[input.height * block, input.width * block, input.channels / (block * block)]])
    case .toDepth:
      guard input.height % block == 0, input.width % block == 0 else {
        throw ShapeError(
          "takes blocks of \(block) x \(block) pixels from \(input), which they do not divide; make height and width "
            + "multiples of \(block).")
      }
      return Signature(outputs: [[input.height / block, input.width / block, input.channels * block * block]])
    }
  }

  /// Copies between an image and its blocks as channels.
  private func copy(_ image: Tensor, _ depth: Tensor, toImage: Bool) {
    let (image, depth) = (TensorView(image), TensorView(depth))
    let channels = image.sizes[3]
    for i in 0..<block {
      for j in 0..<block {
        let pixels = image.taking(depth.sizes[1], from: i, step: block, axis: 1)
          .taking(depth.sizes[2], from: j, step: block, axis: 2)
        let part = depth.taking(channels, from: (block * i + j) * channels, axis: 3)
        if toImage { pixels.copy(part) } else { part.copy(pixels) }
      }
    }
  }

  func forward(_ pass: borrowing ForwardPass) {
    switch direction {
    case .toSpace: copy(pass.output, pass.input, toImage: true)
    case .toDepth: copy(pass.input, pass.output, toImage: false)
    }
  }

  func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    switch direction {
    case .toSpace: copy(pass.outputGradient, inputGradient, toImage: false)
    case .toDepth: copy(inputGradient, pass.outputGradient, toImage: true)
    }
  }
}

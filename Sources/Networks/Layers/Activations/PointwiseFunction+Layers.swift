import Kernels
import Tensors

/// The common part of layers that are a function with a parameter.
extension PointwiseFunction {
  func signature(of input: Shape) -> Signature {
    var signature = Signature(outputs: [input])
    signature.backwardReads = needsInput ? .inputs : .outputs
    signature.forwardAliasing = .inPlace
    signature.backwardAliasing = .inPlace
    signature.isChannelwise = true
    return signature
  }

  func forward(_ pass: borrowing ForwardPass) { apply(pass.input, into: pass.output) }

  func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    differentiate(at: needsInput ? pass.input : pass.output, gradient: pass.outputGradient, into: inputGradient)
  }
}

extension LayerConfiguration {
  /// A number, which Keras may have written as an array of one, and which must not be negative.
  func nonnegative(_ key: String, default standard: Double) throws(ImportError) -> Double {
    var number = value(key).asNumber
    if let list = value(key).asArray, list.count == 1 { number = list[0].asNumber }
    if number == nil { number = try self.number(key, default: standard) }
    let found = number!
    guard found >= 0, found.isFinite else {
      throw ImportError("layer '\(layerName)' (\(className)): \(key) is \(found), but must not be negative.")
    }
    return found
  }
}

import Kernels
import Tensors

/// The gamma and beta behind a normalisation of groups, of which either may be missing, and what the layers that end in
/// them have in common.
struct ScaleAndShift: Hashable, Sendable {
  var gamma: ParameterSettings?, beta: ParameterSettings?

  init(gamma: ParameterSettings? = nil, beta: ParameterSettings? = nil) { (self.gamma, self.beta) = (gamma, beta) }

  init(_ configuration: LayerConfiguration) throws(ImportError) {
    // Both are read, for Keras writes them even where they are not used.
    let settings = (
      gamma: try ParameterSettings("gamma", in: configuration, default: .ones),
      beta: try ParameterSettings("beta", in: configuration, default: .zeros)
    )
    gamma = try configuration.bool("scale", default: true) ? settings.gamma : nil
    beta = try configuration.bool("center", default: true) ? settings.beta : nil
  }

  var kerasConfiguration: [String: JSONValue] {
    let values: [String: JSONValue] = ["center": .bool(beta != nil), "scale": .bool(gamma != nil)]
    return values.describing([
      "gamma": gamma ?? ParameterSettings(.ones), "beta": beta ?? ParameterSettings(.zeros),
    ])
  }

  func signature(of kernel: GroupedNormalization, shape: [Int]) -> Signature {
    var signature = Signature(outputs: [kernel.grouping.shape])
    if let gamma { signature.parameters.append(Parameter("gamma", shape, gamma)) }
    if let beta { signature.parameters.append(Parameter("beta", shape, beta)) }
    signature.backwardReads = .inputs
    signature.forwardAliasing = .inPlace
    signature.backwardAliasing = .inPlace
    signature.saved = { kernel.statisticCount(lanes: $0) }
    signature.savesAtInference = true
    signature.multiplications = 4 * kernel.grouping.shape.count
    return signature
  }

  func forward(_ kernel: GroupedNormalization, _ pass: borrowing ForwardPass) {
    let parameters = pass.parameters
    kernel.apply(
      pass.input, gamma: gamma == nil ? nil : parameters[0],
      beta: beta == nil ? nil : parameters[gamma == nil ? 0 : 1], statistics: pass.saved, into: pass.output)
  }

  func backward(_ kernel: GroupedNormalization, _ pass: borrowing BackwardPass) {
    // First, because the gradient of the input may overwrite that of the output.
    if gamma != nil || beta != nil {
      kernel.differentiateParameters(
        input: pass.input, gradient: pass.outputGradient, statistics: pass.saved,
        gamma: gamma == nil ? nil : pass.parameterGradient(0),
        beta: beta == nil ? nil : pass.parameterGradient(gamma == nil ? 0 : 1))
    }
    guard let inputGradient = pass.inputGradient else { return }
    kernel.differentiate(
      input: pass.input, gradient: pass.outputGradient, gamma: gamma == nil ? nil : pass.parameters[0],
      statistics: pass.saved, into: inputGradient)
  }
}

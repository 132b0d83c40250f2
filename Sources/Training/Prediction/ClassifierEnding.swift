import Foundation

/// How the outputs of a classifier become probabilities.
package enum ClassifierEnding {
  /// One probability for each class.
  case softmax
  /// Nothing yet, as training takes them: a softmax is still to come.
  case logits
  /// The probability of the second of two classes.
  case sigmoid
  /// The same as a logit: a sigmoid is still to come.
  case logit
  /// One probability for each class, which excludes no other.
  case sigmoids

  /// - Parameter outputs: of one image.
  package func probabilities(_ outputs: [Double]) -> [Double] {
    switch self {
    case .softmax, .sigmoids: return outputs
    case .sigmoid: return [1 - outputs[0], outputs[0]]
    case .logit:
      // Neither of them loses its digits where the other is close to 1.
      return [1 / (1 + exp(outputs[0])), 1 / (1 + exp(-outputs[0]))]
    case .logits:
      let largest = outputs.max() ?? 0
      let powers = outputs.map { exp($0 - largest) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
  }
}

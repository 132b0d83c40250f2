import Foundation
internal import Tensors

/// Slow twins of `CrossEntropy`.
package enum ReferenceCrossEntropy {
  package static func ofLogits(
    _ z: ReferenceTensor, labels: [Int32], live: Int, smoothing: Double, classWeights: [Double]? = nil,
    scale: Double
  ) -> (loss: Double, correct: Int, gradient: ReferenceTensor) {
    var (loss, correct) = (0.0, 0)
    var gradient = ReferenceTensor(z.shape, lanes: z.lanes)
    let classes = z.shape.channels
    for lane in 0..<live {
      let scores = (0..<classes).map { z.element(lane, position: 0, channel: $0) }
      let weight = classWeights?[Int(labels[lane])] ?? 1
      let total = scores.reduce(0) { $0 + exp($1 - scores.max()!) }
      for (index, score) in scores.enumerated() {
        let target = smoothing / Double(classes) + (index == Int(labels[lane]) ? 1 - smoothing : 0)
        let logarithm = score - scores.max()! - log(total)
        loss -= weight * target * logarithm
        gradient[lane, 0, 0, 0, index] = (exp(logarithm) - target) * scale * weight
      }
      if scores.firstIndex(of: scores.max()!) == Int(labels[lane]) { correct += 1 }
    }
    return (loss, correct, gradient)
  }
}

import Foundation
internal import Tensors

/// Slow twins of `CrossEntropy`.
package enum ReferenceCrossEntropy {
  package static func ofLogits(
    _ z: ReferenceTensor, labels: [Int32], live: Int, smoothing: Double, scale: Double
  ) -> (loss: Double, correct: Int, gradient: ReferenceTensor) {
    var (loss, correct) = (0.0, 0)
    var gradient = ReferenceTensor(z.shape, lanes: z.lanes)
    let classes = z.shape.channels
    for lane in 0..<live {
      let scores = (0..<classes).map { z.element(lane, position: 0, channel: $0) }
      let total = scores.reduce(0) { $0 + exp($1 - scores.max()!) }
      for (index, score) in scores.enumerated() {
        let target = smoothing / Double(classes) + (index == Int(labels[lane]) ? 1 - smoothing : 0)
        let logarithm = score - scores.max()! - log(total)
        loss -= target * logarithm
        gradient[lane, 0, 0, 0, index] = (exp(logarithm) - target) * scale
      }
      if scores.firstIndex(of: scores.max()!) == Int(labels[lane]) { correct += 1 }
    }
    return (loss, correct, gradient)
  }

  package static func ofProbabilities(
    _ p: ReferenceTensor, labels: [Int32], live: Int, scale: Double
  ) -> (loss: Double, correct: Int, gradient: ReferenceTensor) {
    var (loss, correct) = (0.0, 0)
    var gradient = ReferenceTensor(p.shape, lanes: p.lanes)
    let (low, high) = (Double(Float(1e-7)), Double(Float(1 - 1e-7)))
    for lane in 0..<live {
      let values = (0..<p.shape.channels).map { p.element(lane, position: 0, channel: $0) }
      let clipped = values.map { min(max($0, low), high) }
      let (sum, label) = (clipped.reduce(0, +), Int(labels[lane]))
      loss += log(sum) - log(clipped[label])
      for index in values.indices where values[index] == clipped[index] {
        gradient[lane, 0, 0, 0, index] = (1 / sum - (index == label ? 1 / clipped[index] : 0)) * scale
      }
      if values.firstIndex(of: values.max()!) == label { correct += 1 }
    }
    return (loss, correct, gradient)
  }
}

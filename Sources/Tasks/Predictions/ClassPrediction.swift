import Foundation
import Kernels
public import Networks

/// The most probable classes, or labels, of an image.
public struct ClassPrediction: Prediction {
  /// One class that an image may show.
  public struct Answer: Hashable, Sendable {
    /// Its name, or its number where the model knows no names.
    public let name: String
    public let index: Int
    public let probability: Double

    var text: String { "\(name) \(ReportText.percent(probability))" }
    var entry: JSONValue {
      .object(["class": .string(name), "index": .integer(index), "probability": .number(probability)])
    }
  }

  /// The most probable first; of equal ones the first.
  public let answers: [Answer]

  public init(_ probabilities: [Double], names: [String], top: Int) {
    let order = probabilities.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
    answers = order.prefix(top).map { index in
      Answer(
        name: names.indices.contains(index) ? names[index] : String(index), index: index,
        probability: probabilities[index])
    }
  }

  public var entries: [JSONValue] { answers.map(\.entry) }
  public var text: String { answers.map(\.text).joined(separator: ", ") }
  public var header: [String] { ["class", "index", "probability"] }
  public var rows: [[String]] { answers.map { [$0.name, String($0.index), String($0.probability)] } }
  public func draw(on picture: inout Picture) { picture.draw(lines: answers.map(\.text)) }
}

/// The probabilities that follow from the outputs of a classifier.
enum ClassProbabilities {
  /// - Parameter ending: the function that outputs end in; where it is none of classes, they are logits.
  static func of(_ outputs: [Float], _ ending: ActivationFunction?) -> [Double] {
    let values = outputs.map(Double.init)
    if values.count == 1 {
      // Of logits, neither loses its digits where the other is close to 1.
      return ending == .sigmoid ? [1 - values[0], values[0]] : [(-values[0]).logistic, values[0].logistic]
    }
    if ending == .softmax || ending == .sigmoid { return values }
    let largest = values.max() ?? 0
    let powers = values.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}

extension Double {
  /// 1 / (1 + e^-x)
  var logistic: Double { 1 / (1 + exp(-self)) }
}

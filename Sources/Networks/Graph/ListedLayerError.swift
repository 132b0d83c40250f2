/// A layer of a list cannot be made, or cannot follow those before it: which one, and why.
public struct ListedLayerError: Error, CustomStringConvertible, Hashable, Sendable {
  /// Its place in the list, from 0; nil where it is the input.
  public let index: Int?
  public let className: String
  /// What is wrong and what to do, without the layer.
  public let problem: String

  /// `layers[3] (Conv2D)`
  public var place: String { index.map { "layers[\($0)] (\(className))" } ?? "input" }

  public var description: String { "\(place): \(problem)" }

  init(index: Int?, className: String, _ error: any Error) {
    (self.index, self.className) = (index, className)
    // Errors of layers begin with their names, which nobody gave in a list.
    let sentence = String(describing: error)
    let place = sentence.firstRange(of: " (\(className)): ")
    problem = sentence.hasPrefix("layer '") ? place.map { String(sentence[$0.upperBound...]) } ?? sentence : sentence
  }
}

public import Tensors

/// The form in which numbers of categories are written: Keras's `output_mode`.
public struct CategoryEncoder: Hashable, Sendable {
  public enum Mode: String, Hashable, Sendable, CaseIterable {
    /// The numbers themselves.
    case integers = "int"
    /// For each number a row with 1 at its place.
    case oneHot = "one_hot"
    /// One row for all of them, with 1 at each of their places.
    case multiHot = "multi_hot"
    /// The same with how often each is there.
    case counts = "count"
    /// The same times a weight of each place.
    case frequencies = "tf_idf"
  }

  public let mode: Mode
  /// Numbers that there are.
  public let depth: Int
  /// Of every number, for `frequencies`.
  private let weights: [Float]

  public init(_ mode: Mode, depth: Int, weights: [Float] = []) {
    precondition(mode != .frequencies || weights.count == depth, "\(weights.count) weights for \(depth) numbers")
    (self.mode, self.depth, self.weights) = (mode, depth, weights)
  }

  /// Prepares for one sample: everything is 0.
  func begin(_ output: Tensor, lane: Int) {
    for element in 0..<output.shape.count { unsafe output.storage.pointer[output.offset(of: element, lane: lane)] = 0 }
  }

  /// Writes a number: NaN for a negative one; one beyond `depth` counts nowhere, as in Keras.
  ///
  /// - Parameters:
  ///   - place: which number of the sample.
  ///   - weight: how often it counts, in `counts`.
  func put(_ number: Int, at place: Int, weight: Float = 1, lane: Int, into output: Tensor) {
    func add(_ element: Int, _ value: Float) {
      unsafe output.storage.pointer[output.offset(of: element, lane: lane)] += value
    }
    guard number >= 0 else { return add(mode == .integers ? place : 0, .nan) }
    guard mode == .integers || number < depth else { return }
    switch mode {
    case .integers: add(place, Float(number))
    case .oneHot: add(place * depth + number, 1)
    case .multiHot: unsafe output.storage.pointer[output.offset(of: number, lane: lane)] = 1
    case .counts: add(number, weight)
    case .frequencies: add(number, weights[number])
    }
  }
}

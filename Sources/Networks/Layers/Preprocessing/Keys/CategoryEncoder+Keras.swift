import Kernels
import Tensors

extension CategoryEncoder {
  /// The shape of what becomes of inputs, as Keras has it.
  ///
  /// - Parameter keys: without the batch axis.
  func shape(of keys: Shape) throws(ShapeError) -> Shape {
    switch mode {
    case .integers:
      guard keys.rank > 0 else {
        throw ShapeError("gives one number without an axis, which is not supported; give the input the shape (1,).")
      }
      return keys
    case .oneHot:
      let rows = keys.dimensions.last == 1 ? Array(keys.dimensions.dropLast()) : keys.dimensions
      guard rows.count < 4 else { throw ShapeError("adds an axis to the four of \(keys); reshape the input.") }
      return Shape(rows + [depth])
    case .multiHot, .counts, .frequencies:
      guard keys.rank <= 1 else {
        throw ShapeError(
          "counts the values of \(keys) with output_mode '\(mode.rawValue)', but only those of one axis are supported; "
            + "reshape the input.")
      }
      return [depth]
    }
  }
}

extension LayerConfiguration {
  /// `output_mode`, with the names that older versions of Keras had.
  func outputMode(
    default standard: CategoryEncoder.Mode, among modes: [CategoryEncoder.Mode] = CategoryEncoder.Mode.allCases
  ) throws(ImportError) -> CategoryEncoder.Mode {
    let given = value("output_mode").asString ?? standard.rawValue
    let name = ["binary": "multi_hot", "tf-idf": "tf_idf"][given] ?? given
    // Keras's sparse tensors hold the same numbers.
    _ = try bool("sparse", default: false)
    guard let mode = modes.first(where: { $0.rawValue == name }) else {
      throw ImportError(
        "\(place): output_mode '\(given)' is not supported\(modes.map(\.rawValue).suggestion(for: name))")
    }
    return mode
  }

  /// `salt`: one number or two.
  func salt() throws(ImportError) -> [Int]? {
    let value = value("salt")
    if value == .null { return nil }
    let numbers = value.asInteger.map { [$0, $0] } ?? value.asArray?.compactMap(\.asInteger) ?? []
    guard numbers.count == 2 else {
      throw ImportError("\(place): salt is \(value.brief), but must be a whole number or two of them.")
    }
    return numbers
  }

  /// A size that must be at least 1 and such that floats tell all numbers below it apart.
  func countOfCategories(_ key: String) throws(ImportError) -> Int {
    let count = try integer(key)
    guard (1...1 << 24).contains(count) else {
      throw ImportError("\(place): \(key) is \(count), but must be 1 to 16,777,216.")
    }
    return count
  }
}

extension Signature {
  /// Of a layer that writes categories of keys.
  static func ofKeys(
    _ inputs: [Shape], _ form: KeyForm, _ output: (Shape) throws(ShapeError) -> Shape
  ) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    var signature = Signature(outputs: [try output(form.keys(of: input))])
    signature.scratch = { _ in CategoryKernels.scratch(input, form) }
    return signature
  }
}

extension BackwardPass {
  /// Categories have no gradient.
  func clearInputGradients() {
    for gradient in inputGradients { if let gradient { Elementwise.clear(gradient) } }
  }
}

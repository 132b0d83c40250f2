import Kernels
import Networks
import Tensors
import Testing

/// Regularizers are read and written in Keras's words, and stand at the parameters they belong to.
@Suite struct RegularizerTests {
  /// A regularizer as JSON has it, and its factors in Keras 3.15 and tf_keras 2.21.
  static let spellings: [(JSONValue, Regularizer?)] = [
    (nil, nil), ("l1", Regularizer(l1: 0.01)), ("L1", Regularizer(l1: 0.01)), ("l2", Regularizer(l2: 0.01)),
    ("L2", Regularizer(l2: 0.01)), ("L1L2", Regularizer()), ("l1l2", Regularizer()),
    ("l1_l2", Regularizer(l1: 0.01, l2: 0.01)), (object("L2", ["l2": 0.5]), Regularizer(l2: 0.5)),
    (object("L2", ["l2": nil]), Regularizer(l2: 0.01)), (object("L1", [:]), Regularizer(l1: 0.01)),
    (object("l1", ["l1": 2]), Regularizer(l1: 2)), (object("L1L2", ["l2": 0.3]), Regularizer(l2: 0.3)),
    (object("L1L2", ["l1": 0.1, "l2": 0.3]), Regularizer(l1: 0.1, l2: 0.3)),
  ]

  static func object(_ name: String, _ factors: [String: JSONValue]) -> JSONValue {
    .object(["class_name": .string(name), "config": .object(factors)])
  }

  private func regularizers(_ layer: any Layer, of input: Shape) throws -> [String: Regularizer] {
    Dictionary(
      uniqueKeysWithValues: try layer.signature(of: [input]).parameters.compactMap { parameter in
        parameter.regularizer.map { (parameter.name, $0) }
      })
  }

  @Test(arguments: spellings.indices) func readsKerasSpellings(_ index: Int) throws {
    let (value, wanted) = RegularizerTests.spellings[index]
    let layer = try LayerRegistry.layer("Dense", ["units": 2, "kernel_regularizer": value])
    #expect(try regularizers(layer, of: [3])["kernel"] == wanted)
  }

  @Test func everyParameterHasItsOwn() throws {
    let (first, second) = (Regularizer(l1: 0.1), Regularizer(l1: 0.2, l2: 0.3))
    let layers: [(any Layer, Shape, [String: Regularizer])] = [
      (
        Dense(2, activation: .relu, kernelRegularizer: first, biasRegularizer: second), [3],
        ["kernel": first, "bias": second]
      ),
      (
        Conv2D(2, kernel: 3, kernelRegularizer: first, biasRegularizer: second), [5, 5, 3],
        ["kernel": first, "bias": second]
      ),
      (Conv2D(2, kernel: 3, usesBias: false, biasRegularizer: second), [5, 5, 3], [:]),
      (BatchNormalization(betaRegularizer: first, gammaRegularizer: second), [3], ["beta": first, "gamma": second]),
      (BatchNormalization(scale: false, betaRegularizer: first, gammaRegularizer: second), [3], ["beta": first]),
    ]
    for (layer, input, wanted) in layers {
      #expect(try regularizers(layer, of: input) == wanted)
      let written = layer.kerasConfiguration()
      let copy = try LayerRegistry.layer(layer.kerasName, written)
      #expect(try regularizers(copy, of: input) == wanted)
      #expect(copy.kerasConfiguration() == written)
    }
    #expect(
      Dense(2, kernelRegularizer: second).kerasConfiguration()["kernel_regularizer"]
        == RegularizerTests.object("L1L2", ["l1": 0.2, "l2": 0.3]))
  }

  @Test func nothingIsWrittenWhereThereIsNone() {
    for layer: any Layer in [Dense(2), Conv2D(2, kernel: 3), BatchNormalization()] {
      #expect(!layer.kerasConfiguration().keys.contains { $0.contains("regularizer") })
    }
  }

  static let refused: [(key: String, value: JSONValue, words: String)] = [
    ("kernel_regularizer", "l3", "kernel_regularizer l3 is not supported"),
    ("bias_regularizer", object("OrthogonalRegularizer", ["factor": 0.1]), "bias_regularizer OrthogonalRegularizer"),
    ("kernel_regularizer", object("L2", ["l1": 0.1]), "'l1' = 0.1, but knows only l2"),
    ("kernel_regularizer", object("L2", ["l2": -1]), "l2 = -1, but it must be a number of 0 or more"),
    ("kernel_regularizer", object("L1", ["l1": .number(.infinity)]), "a number of 0 or more"),
    ("kernel_regularizer", object("L1", ["l1": "much"]), "l1 = 'much'"),
    ("kernel_regularizer", 0.1, "0.1 is not supported"),
    ("kernel_regularizer", .object(["l2": 0.1]), "{l2} is not supported"),
    ("kernel_regularizer", .object(["class_name": "L2", "config": 0.1]), "has the config 0.1"),
    ("kernel_regularizer", .object(["class_name": "L2", "registered_name": "mine>L2"]), "mine>L2 is not supported"),
    ("activity_regularizer", object("L2", ["l2": 0.1]), "activity_regularizer L2 is not supported"),
    ("kernel_constraint", object("RadialConstraint", [:]), "kernel_constraint RadialConstraint is not supported"),
    ("gamma_regularizer", "l2", "'gamma_regularizer' = 'l2' is not an argument"),
  ]

  @Test(arguments: refused.indices) func refuses(_ index: Int) throws {
    let (key, value, words) = RegularizerTests.refused[index]
    let error = try #require(throws: ImportError.self) {
      try LayerRegistry.layer("Dense", ["name": "out", "units": 2, key: value])
    }
    #expect(error.description.contains(words), "\(error.description)")
    #expect(error.description.contains("layer 'out' (Dense)"))
    #expect(error.description.hasSuffix(".") || error.description.hasSuffix("?"))
  }

  /// The gradient is the slope of the term.
  @Test func gradientIsTheSlopeOfTheTerm() {
    let regularizer = Regularizer(l1: 0.3, l2: 0.2)
    let values: [Float] = [0.5, -0.25, 2, -1]
    let gradients = Buffer(count: values.count)
    regularizer.addGradient(of: Buffer(values), to: gradients)
    #expect(abs(regularizer.term(of: Buffer(values)) - (0.3 * 3.75 + 0.2 * 5.3125)) < 1e-12)
    for index in values.indices {
      let terms = [Float(-1) / 64, Float(1) / 64].map { step in
        var moved = values
        moved[index] += step
        return regularizer.term(of: Buffer(moved))
      }
      #expect(abs(Double(gradients[index]) - (terms[1] - terms[0]) * 32) < 1e-5)
    }
  }
}

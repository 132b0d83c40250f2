import Networks
import Tensors
import Testing

@Suite struct InitializerTests {
  private func read(_ name: String, _ config: [String: JSONValue]) throws -> Initializer {
    let value: JSONValue = .object(["class_name": .string(name), "config": .object(config)])
    let layer = try LayerRegistry.layer("Dense", ["units": 1, "kernel_initializer": value])
    let copy = try LayerRegistry.layer("Dense", layer.kerasConfiguration())
    let initializer = try #require(layer as? Dense).kernel.initializer
    #expect((copy as? Dense)?.kernel.initializer == initializer, "\(name) changes on its way through Keras")
    return initializer
  }

  /// First values of a parameter, row-major.
  private func values(_ initializer: Initializer, _ inputs: Int, _ units: Int) throws -> [Float] {
    let graph = try Sequential("one", input: Shape(inputs)) {
      Dense(units, usesBias: false, kernelInitializer: initializer)
    }
    .graph()
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    return weights[weights.table.entries[0]].values
  }

  @Test func kerasNamesAreRead() throws {
    #expect(try read("TruncatedNormal", ["stddev": 0.1]) == .truncatedNormal(mean: 0, deviation: 0.1))
    #expect(try read("Orthogonal", ["gain": 2.0, "seed": 1]) == .orthogonal(gain: 2))
    #expect(try read("Identity", [:]) == .identity(gain: 1))
    #expect(try read("uniform", ["minval": 0.0]) == .randomUniform(minimum: 0, maximum: 0.05))
    #expect(try read("one", [:]) == .ones)
    #expect(try read("VarianceScaling", ["scale": 2.0, "mode": "fan_in", "distribution": "normal"]) == .heNormal)
    #expect(
      try read("VarianceScaling", ["scale": 0.5, "mode": "fan_out", "distribution": "uniform"])
        == .varianceScaling(scale: 0.5, mode: .output, distribution: .uniform))
    for (name, config): (String, [String: JSONValue]) in [
      ("STFT", [:]), ("Orthogonal", ["gains": 1]), ("VarianceScaling", ["mode": "fan"]), ("Constant", ["value": "x"]),
    ] {
      #expect(throws: ImportError.self, "\(name)") { _ = try read(name, config) }
    }
  }

  @Test(arguments: [(6, 4), (4, 6), (5, 5)]) func orthogonalVectorsAreOrthogonal(rows: Int, columns: Int) throws {
    let matrix = try values(.orthogonal(gain: 2), rows, columns)
    let count = min(rows, columns)
    let length = max(rows, columns)
    func element(_ vector: Int, _ place: Int) -> Float {
      rows < columns ? matrix[vector * columns + place] : matrix[place * columns + vector]
    }
    for first in 0..<count {
      for second in 0..<count {
        let product = (0..<length).reduce(Float(0)) { $0 + element(first, $1) * element(second, $1) }
        #expect(abs(product - (first == second ? 4 : 0)) < 1e-5)
      }
    }
    #expect(Set(matrix).count > count)
  }

  @Test func momentsAreThoseOfTheFormula() throws {
    func variance(_ initializer: Initializer) throws -> Double {
      let numbers = try values(initializer, 100, 50).map(Double.init)
      return numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count)
    }
    for (mode, fan) in [(Initializer.Fan.input, 100.0), (.output, 50), (.average, 75)] {
      for distribution in Initializer.Distribution.allCases {
        let found = try variance(.varianceScaling(scale: 3, mode: mode, distribution: distribution))
        #expect(abs(found * fan / 3 - 1) < 0.08, "\(mode) \(distribution)")
      }
    }
    #expect(try values(.truncatedNormal(mean: 1, deviation: 0.5), 50, 50).allSatisfy { abs($0 - 1) <= 1 })
    #expect(try values(.identity(gain: 3), 2, 3) == [3, 0, 0, 0, 3, 0])
  }
}

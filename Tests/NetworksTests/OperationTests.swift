import Networks
import Tensors
import TestSupport
import Testing

/// Operations: gradients against finite differences, shapes, and what is refused.
@Suite struct OperationTests {
  private func check(
    _ name: String, _ arguments: [String: JSONValue] = [:], _ shapes: Shape...,
    values: LayerContract.Values = .separated
  ) throws {
    let layer = try Operation(name, arguments)
    switch shapes.count {
    case 1: try LayerContract.check(layer, inputs: shapes[0], values: values)
    default: try LayerContract.check(layer, inputs: shapes[0], shapes[1], live: 17, values: values)
    }
  }

  @Test(arguments: ["add", "subtract", "multiply", "maximum", "minimum"]) func arithmetic(_ name: String) throws {
    for (first, second) in [([4, 3, 5], [4, 3, 5]), ([4, 3, 5], [1, 3, 1]), ([1, 1, 5], [4, 3, 1])] as [(Shape, Shape)]
    {
      let (a, b) = (Symbol.input(first), Symbol.input(second))
      // Not a number of the one is one of the other: the larger of equal ones has a kink.
      let shifted = try Operation("add", ["constant": 0.023])(b)
      let graph = try Graph("g", inputs: [a, b], outputs: [try Operation(name)(a, shifted)])
      try LayerContract.check(graph, live: 17, values: .separated, step: 2e-3, tolerance: 1e-2)
    }
    // Between the numbers that are drawn.
    try check(name, ["constant": 0.723], [4, 3, 2])
    try check(name, ["constant": 0.723, "constant_first": true], [7])
    try check(name, ["constant": [0.123, -0.523, 0.973]], [4, 3])
    try check(name, ["constant": [[[0.323], [0.773]]], "constant_first": true], [1, 2, 3])
  }

  /// Quotients by numbers that are far from zero: the second operand is an exponential.
  @Test func division() throws {
    for (first, second) in [([4, 3], [4, 3]), ([4, 3], [1, 3]), ([1, 3], [4, 1])] as [(Shape, Shape)] {
      let (a, b) = (Symbol.input(first), Symbol.input(second))
      let quotient = try Operation("divide")(a, Operation("exp")(b))
      try LayerContract.check(Graph("g", inputs: [a, b], outputs: [quotient]), live: 17)
    }
    let x = Symbol.input([5])
    let inverse = try Operation("divide", ["constant": 2.5, "constant_first": true])(Operation("exp")(x))
    try LayerContract.check(Graph("g", inputs: [x], outputs: [inverse]))
    try check("divide", ["constant": 3.0], [4, 2])
  }

  /// Functions that want positive numbers, of e^x.
  @Test(arguments: ["log", "sqrt", "rsqrt", "reciprocal"]) func functionsOfPositiveNumbers(_ name: String) throws {
    let x = Symbol.input([6, 4])
    try LayerContract.check(
      Graph("g", inputs: [x], outputs: [try Operation(name)(Operation("exp")(x))]), live: 17)
    for exponent in [-2.5, -1, 0.5, 1.7, 3] {
      let power = try Operation("power", ["constant": .number(exponent)])
      try LayerContract.check(Graph("g", inputs: [x], outputs: [power(try Operation("exp")(x))]))
    }
  }

  @Test func functionsOfAnyNumbers() throws {
    for name in ["square", "absolute", "negative", "relu", "sigmoid", "tanh", "silu", "exp"] {
      try check(name, [:], [3, 4])
    }
    try check("clip", ["x_min": -0.42, "x_max": 0.31], [3, 4])
    try check("leaky_relu", ["negative_slope": 0.3], [3, 4])
    try check("power", ["constant": 3], [3, 4])
  }

  @Test(arguments: ["sum", "mean", "max", "min", "var", "std"]) func reductions(_ name: String) throws {
    for keeps in [true, false] {
      try check(name, ["axis": [1, 2], "keepdims": .bool(keeps)], [4, 3, 5])
      try check(name, ["axis": -1, "keepdims": .bool(keeps)], [4, 3, 5])
      try check(name, ["axis": [1, 3], "keepdims": .bool(keeps)], [2, 3, 4])
      try check(name, ["axis": 2, "keepdims": .bool(keeps)], [2, 3, 2, 4])
      try check(name, ["axis": [-1], "keepdims": .bool(keeps)], [4])
    }
    // Equal elements share the gradient; the sum of it is kept.
    #expect(throws: ShapeError.self) { try Operation(name).signature(of: [[4, 3]]) }
    #expect(throws: ShapeError.self) { try Operation(name, ["axis": 0]).signature(of: [[4, 3]]) }
  }

  @Test func selections() throws {
    func slice(_ start: JSONValue, _ stop: JSONValue, _ step: JSONValue = nil) -> JSONValue {
      .object(["start": start, "stop": stop, "step": step])
    }
    let all = slice(nil, nil)
    let cases: [(key: JSONValue, shape: Shape)] = [
      ([all, slice(1, 4), slice(nil, nil, 2), all], [3, 2, 3]), ([all, slice(nil, nil, -2)], [3, 4, 3]),
      ([all, slice(-3, -1)], [2, 4, 3]), ([all, 2], [4, 3]), ([all, all, -1], [5, 3]), ([all, "...", 0], [5, 4]),
      ([all, 1, all, 2], [4]), (["...", nil], [5, 4, 3, 1]), ([all, nil, 0], [1, 4, 3]),
    ]
    for (key, shape) in cases {
      let layer = try Operation("get_item", ["key": key])
      #expect(try layer.signature(of: [[5, 4, 3]]).outputs == [shape])
      try LayerContract.check(layer, inputs: [5, 4, 3])
    }
    for key in [[0], [all, 5], [all, slice(4, 2)], [all, all, all, all, all], [slice(1, nil)]] as [JSONValue] {
      #expect(throws: ShapeError.self) { try Operation("get_item", ["key": key]).signature(of: [[5, 4, 3]]) }
    }
  }

  @Test func whatMovesElements() throws {
    try check("reshape", ["newshape": [-1, 6, 2]], [4, 3])
    try check("transpose", ["axes": [0, 3, 1, 2]], [4, 3, 2])
    try check("expand_dims", ["axis": 1], [4, 3])
    try check("squeeze", ["axis": [2]], [4, 1, 3])
    try check("stack", ["axis": 1], [4, 3], [4, 3])
    try check("stack", ["axis": -1], [4, 3, 2], [4, 3, 2])
    try check("concatenate", ["axis": -1], [4, 3], [4, 2])
    try check("pad", ["pad_width": [[0, 0], [1, 0], [0, 2], [1, 1]], "constant_values": 0.5], [3, 2, 4])
    try check("matmul", [:], [4, 3], [3, 5])
    try check("matmul", [:], [2, 4, 3], [2, 3, 5])
  }

  @Test func whatImagesGoThrough() throws {
    try check("flip", ["axis": [1, -1]], [4, 3, 2])
    try check("swapaxes", ["axis1": 1, "axis2": -1], [4, 3, 2])
    try check("moveaxis", ["source": -1, "destination": 1], [4, 3, 2])
    try check("normalize", ["axis": [1, 2]], [4, 3, 2])
    try check("resize", ["size": [5, 3], "interpolation": "bilinear"], [4, 6, 2])
    try check("depth_to_space", ["block_size": 2], [3, 2, 12])
    try check("space_to_depth", ["block_size": 2], [6, 4, 3])
    try check("gelu", ["approximate": true], [3, 4])
    #expect(
      try Operation("moveaxis", ["source": 1, "destination": -1]).signature(of: [[4, 3, 2]]).outputs == [[3, 2, 4]])
    #expect(throws: ShapeError.self) { try Operation("depth_to_space", ["block_size": 2]).signature(of: [[3, 2, 6]]) }
    #expect(throws: ShapeError.self) { try Operation("space_to_depth", ["block_size": 2]).signature(of: [[3, 2, 6]]) }
  }

  @Test func refusesWhatItDoesNotKnow() throws {
    let refused: [(String, [String: JSONValue])] = [
      ("fft", [:]), ("add", ["axis": 1]), ("multiply", ["constant": "two"]), ("mean", ["axis": "x"]),
      ("clip", ["x_min": 1]),
      ("reshape", ["newshape": [4, -1]]), ("transpose", ["axes": [1, 0]]), ("pad", ["pad_width": [[1, 0], [0, 0]]]),
      ("pad", ["pad_width": [[0, 0], [1, 1]], "mode": "reflect"]), ("stack", [:]), ("get_item", [:]),
      ("cast", ["dtype": "int32"]), ("flip", [:]), ("normalize", ["axis": -1, "order": 1]),
      ("resize", ["size": [4]]), ("depth_to_space", ["block_size": 2, "data_format": "channels_first"]),
      ("swapaxes", ["axis1": 1]), ("multiply", ["constant": [[1, 2], [3]]]),
    ]
    for (name, arguments) in refused {
      let error = try #require(throws: ImportError.self, "\(name)") { try Operation(name, arguments) }
      #expect(error.description.contains(name) && error.description.hasSuffix("."), "\(error.description)")
    }
    #expect(throws: ShapeError.self) { try Operation("add").signature(of: [[4, 3], [3]]) }
    #expect(throws: ShapeError.self) { try Operation("add").signature(of: [[4, 3], [2, 3]]) }
    #expect(throws: ShapeError.self) { try Operation("matmul").signature(of: [[4, 3], [4, 3]]) }
  }
}

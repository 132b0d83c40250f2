import Kernels
import Networks
import Tensors
import TestSupport
import Testing

@Suite struct PreprocessingLayerTests {
  @Test func keepTheContract() throws {
    try LayerContract.check(Resizing(height: 4, width: 7), inputs: [6, 5, 2], live: 17)
    try LayerContract.check(Resizing(height: 4, width: 3, interpolation: .nearest, fitting: .crop), inputs: [6, 5, 2])
    try LayerContract.check(Resizing(height: 4, width: 4, fitting: .pad), inputs: [6, 3, 2])
    try LayerContract.check(
      Resizing(height: 2, width: 7, interpolation: .bicubic, isSmoothed: true), inputs: [7, 5, 2])
    try LayerContract.check(CenterCrop(height: 3, width: 2), inputs: [6, 5, 2])
    try LayerContract.check(CenterCrop(height: 3, width: 7), inputs: [6, 5, 2], live: 16)
    try LayerContract.check(RandomFlip(), inputs: [4, 3, 2], live: 17)
    try LayerContract.check(RandomBrightness(lowest: -0.2, highest: 0.2, range: -50...50), inputs: [4, 3, 2])
    try LayerContract.check(RandomContrast(lower: 0.5, upper: 0.5, range: -50...50), inputs: [4, 3, 2], live: 17)
    try LayerContract.check(LocalResponseNormalization(bias: 1, alpha: 0.5), inputs: [3, 2, 7])
    try LayerContract.check(LocalResponseNormalization(radius: 1, beta: 0.5), inputs: [9], live: 17)
    try LayerContract.check(Dot(axes: [-1, -1]), inputs: [6], [6])
    try LayerContract.check(Dot(axes: [1, 2]), inputs: [3, 4], [2, 3], live: 17)
    try LayerContract.check(Dot(axes: [2, 1], normalizes: true), inputs: [2, 3, 4], [3, 2], tolerance: 5e-3)
    try LayerContract.check(Dot(axes: [-1, -1], normalizes: true), inputs: [5], [5], tolerance: 5e-3)
    try LayerContract.check(Flatten(movesFirstAxis: true), inputs: [4, 3, 2], live: 17)
    try LayerContract.check(Flatten(movesFirstAxis: true), inputs: [5])
  }

  private func run(_ layer: any Layer, _ shape: Shape, _ mode: Mode, _ values: [Float]) throws -> [[Float]] {
    let input = Symbol.input(shape)
    let graph = try Graph("one", inputs: [input], outputs: [layer(input)])
    let network = Network(try Planner().plan(graph, lanes: 16, mode: mode), weights: Weights(ParameterTable(graph)))
    (network.shard.live, network.shard.seed) = (16, 3)
    for lane in 0..<16 { network.shard.sampleIDs[lane] = UInt32(lane) }
    network.prepare()
    network.beginInputs()
    for lane in 0..<16 { network.inputs[0].setSample(lane, values) }
    network.forward()
    return (0..<16).map { network.outputs[0].sample($0) }
  }

  @Test func flipsGiveMirrorImages() throws {
    let image = (0..<12).map(Float.init)
    let rows = [Array(image[0..<3]), Array(image[3..<6]), Array(image[6..<9]), Array(image[9..<12])]
    let mirrored = rows.flatMap { $0.reversed() }
    let upsideDown = rows.reversed().flatMap(\.self)
    #expect(Set(try run(RandomFlip(.horizontal), [4, 3, 1], .training, image)) == [image, mirrored])
    #expect(Set(try run(RandomFlip(.vertical), [4, 3, 1], .training, image)) == [image, upsideDown])
    #expect(Set(try run(RandomFlip(), [4, 3, 1], .training, image)).count == 4)
    #expect(Set(try run(RandomFlip(), [4, 3, 1], .inference, image)) == [image])
  }

  @Test func cropsArePartsOfTheImage() throws {
    let image = (0..<20).map(Float.init)
    let crops = try run(RandomCrop(height: 2, width: 3), [5, 4, 1], .training, image)
    #expect(Set(crops).count > 3)
    for crop in crops {
      #expect(crop == [0, 1, 2, 4, 5, 6].map { $0 + crop[0] } && Int(crop[0]) % 4 < 2 && crop[0] < 14)
    }
  }

  @Test func brightnessAndContrastStayInRange() throws {
    let image: [Float] = [10, 100, 200, 250]
    let brighter = try run(RandomBrightness(lowest: 0.1, highest: 0.2), [2, 2, 1], .training, image)
    for sample in brighter {
      let step = sample[0] - 10
      #expect(step > 25.4 && step < 51.1 && abs(sample[1] - 100 - step) < 1e-3 && sample[3] == 255)
    }
    for sample in try run(RandomContrast(lower: 0.5, upper: 0), [2, 2, 1], .training, image) {
      #expect(abs(sample.reduce(0, +) - 560) < 1e-2 && sample[3] - sample[0] < 240.1 && sample[3] - sample[0] > 119.9)
    }
    #expect(Set(brighter).count > 8)
  }

  @Test func configurationsAreRead() throws {
    let resizing = try LayerRegistry.layer(
      "Resizing",
      [
        "height": 3, "width": 4, "interpolation": "nearest", "crop_to_aspect_ratio": true, "antialias": false,
        "fill_value": 0.0,
      ])
    #expect((resizing as? Resizing)?.fitting == .crop && (resizing as? Resizing)?.interpolation == .nearest)
    let values: [String: JSONValue] = ["height": 3, "width": 4]
    let crops = try [2, 3].map {
      try LayerRegistry.layer("RandomCrop", values, kerasVersion: $0).signature(of: [[6, 5, 2]]).outputs
    }
    #expect(crops == [[[3, 4, 2]], [[6, 5, 2]]])
    let embedding = try LayerRegistry.layer(
      "Embedding", ["input_dim": 5, "output_dim": 3, "mask_zero": true, "input_length": 4])
    #expect((embedding as? Embedding)?.masksZero == true)
    #expect(try embedding.signature(of: [[4]]).outputs == [[4, 3]])
    let copy = try LayerRegistry.layer("Embedding", embedding.kerasConfiguration())
    #expect(copy.kerasConfiguration() == embedding.kerasConfiguration())
    for (name, values): (String, [String: JSONValue]) in [
      ("Resizing", ["height": 0, "width": 4]), ("Resizing", ["height": 4, "width": 4, "antialias": "yes"]),
      ("Resizing", ["height": 4, "width": 4, "interpolation": "area"]), ("RandomFlip", ["mode": "up"]),
      ("RandomBrightness", ["factor": [0.2, -0.2]]), ("RandomContrast", ["factor": 0.2, "value_range": [1]]),
      ("Embedding", ["input_dim": 0, "output_dim": 3]), ("Dot", [:]), ("Dot", ["axes": [1, 2, 3]]),
      ("LocalResponseNormalization", ["bias": 0]), ("Flatten", ["data_format": "channels"]),
    ] {
      #expect(throws: ImportError.self, "\(name) \(values)") { try LayerRegistry.layer(name, values) }
    }
    #expect(throws: ShapeError.self) { try Dot(axes: [1, 1]).signature(of: [[3, 4], [4, 3]]) }
    #expect(throws: ShapeError.self) { try Dot(axes: [1, 1]).signature(of: [[3, 4, 5, 2], [3, 4, 5]]) }
  }

  @Test(arguments: ["RandomHeight", "RandomWidth"])
  func sizesThatVaryAreNothingAtInference(name: String) throws {
    let layer = try LayerRegistry.layer(name, ["factor": 0.1, "fill_mode": "reflect", "seed": nil])
    #expect(layer.kerasConfiguration()["factor"] == 0.1)
    let image = (0..<12).map(Float.init)
    #expect(try run(layer, [4, 3, 1], .inference, image)[5] == image)
    let error = try #require(throws: PlanError.self) { try run(layer, [4, 3, 1], .training, image) }
    #expect(error.description.contains(name) && error.description.hasSuffix("."))
  }
}

import Foundation
import HDF5
import Keras
import Kernels
import Networks
import Tensors
import Testing

/// Models whose images may have any size: `convoy convolve`, and `convoy predict` with them.
@Suite struct OpenSizeTests {
  private static let lenet = ConvoyProcess.root.appending(path: "Tests/Fixtures/keras/lenet/k3.keras").path

  private func outputs(_ process: ConvoyProcess, _ model: String, _ image: [Float], _ shape: [Int]) throws -> [Float] {
    let (inputs, outputs) = (process.path("inputs.h5"), process.path("outputs.h5"))
    try File.replace(inputs) { try $0.root.write("inputs/0", image, shape: [1] + shape) }
    let result = try process.run(["forward", model, inputs, outputs, "--overwrite"])
    #expect(result.status == 0, "\(result.errors)")
    return try File(reading: outputs).root.dataset("outputs/0").read()
  }

  /// Each cell of the map, computed from a file that was written and read again, is what the classifier says of its
  /// window.
  @Test(arguments: ["map.h5", "map.keras"]) func aClassifierBecomesAMap(name: String) throws {
    let process = try ConvoyProcess()
    defer { process.remove() }
    let start = Symbol.input([12, 13, 2])
    let features = Sequential("features", input: [12, 13, 2]) {
      Conv2D(3, kernel: 3, activation: .relu).named("first")
      MaxPooling2D().named("pool")
      Flatten().named("flat")
    }
    let hidden = Dense(6, activation: .tanh)(features(start), name: "hidden")
    let classes = Dense(3, activation: .softmax)(Dropout(0.5)(hidden), name: "classes")
    let graph = try Graph("small", inputs: [start], outputs: [classes])
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    let (file, map) = (process.path("small.keras"), process.path(name))
    try KerasModel.export(graph, weights, as: .keras, to: file)
    let shown = try process.run(["convolve", file])
    #expect(shown.status == 0 && shown.output.contains("hidden   Dense  Conv2D 5x5"), "\(shown.output)\(shown.errors)")
    let result = try process.run(["convolve", file, "--output", map])
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    #expect(
      result.output.contains("a cell for each window of 12x13 pixels, every 2 pixels downwards and 2 to the right"))
    var random = RandomStream(seed: 8, purpose: .synthesis)
    let image = (0..<17 * 15 * 2).map { _ in random.normal() }
    let cells = try outputs(process, map, image, [17, 15, 2])
    #expect(cells.count == 3 * 2 * 3)
    for row in 0..<3 {
      for column in 0..<2 {
        let window = (0..<12).flatMap { line in
          let first = ((2 * row + line) * 15 + 2 * column) * 2
          return image[first..<first + 26]
        }
        let wanted = try outputs(process, file, window, [12, 13, 2])
        for (value, other) in zip(cells[(row * 2 + column) * 3..<(row * 2 + column + 1) * 3], wanted) {
          #expect(abs(value - other) <= 1e-6)
        }
      }
    }
    let refused = try process.run(["convolve", map, "--input", "12,13,2"])
    #expect(refused.status == 3 && refused.complaints.count == 1 && refused.errors.contains("use it as it is"))
  }

  @Test func whatPadsIsNamed() throws {
    let process = try ConvoyProcess()
    defer { process.remove() }
    let graph = try Models.make("lenet5", input: [28, 28, 1], classes: 10)
    let file = process.path("lenet5.keras")
    try KerasModel.export(graph, Weights(ParameterTable(graph)), as: .keras, to: file)
    let result = try process.run(["convolve", file])
    #expect(result.status == 0 && result.errors.contains("layer 'conv2d' adds zeros around its map"))
    let wrong = try process.run(["convolve", file, "--output", process.path("map.safetensors")])
    #expect(wrong.status != 0 && wrong.errors.contains("must end in .h5 or .keras"))
  }

  /// Images keep their sizes where the model leaves them open, in any order and however often one comes again.
  @Test func imagesKeepTheirSizes() throws {
    let process = try ConvoyProcess()
    defer { process.remove() }
    var graph = try Sequential("pooled", input: [16, 16, 3]) {
      Conv2D(4, kernel: 3, activation: .relu)
      GlobalAveragePooling2D()
      Dense(3, activation: .softmax)
    }.graph()
    graph.hasOpenSizes = true
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    let file = process.path("pooled.keras")
    try KerasModel.export(graph, weights, as: .keras, to: file)
    var random = RandomStream(seed: 8, purpose: .synthesis)
    let sizes = [(16, 16), (20, 11), (16, 16), (31, 40), (8, 9)]
    var names: [String] = []
    for (number, size) in sizes.enumerated() {
      let pixels = (0..<size.0 * size.1 * 3).map { _ in UInt8(random.uniform() * 255) }
      try process.writePicture("p\(number).png", height: size.0, width: size.1, channels: 3, pixels)
      names.append(process.path("p\(number).png"))
    }
    let scale = ["--json", "--preprocessing", "{scale: 1/255}"]
    let together = try process.run(["predict", file] + names + scale)
    #expect(together.status == 0 && together.lines.count == sizes.count, "\(together.errors)")
    for (number, size) in sizes.enumerated() where together.lines.count == sizes.count {
      let alone = try process.run(["predict", file, names[number], "--input", "\(size.0),\(size.1),3"] + scale)
      #expect(alone.lines == [together.lines[number]], "\(alone.errors)")
    }
    let resized = try process.run(["predict", file, names[1], "--input", "16,16,3"] + scale)
    #expect(resized.status == 0 && resized.lines != [together.lines[1]])
    try process.writePicture("tiny.png", height: 2, width: 9, channels: 3, [UInt8](repeating: 7, count: 54))
    let tiny = try process.run(["predict", file, names[0], process.path("tiny.png")] + scale)
    #expect(tiny.status == 3 && tiny.complaints.count == 1 && tiny.errors.contains("tiny.png: layer 'conv2d'"))
  }
}

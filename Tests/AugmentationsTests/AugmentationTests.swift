import Augmentations
import Datasets
import Foundation
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Transforms of the data and layers of a network do the same by the same numbers.
@Suite struct AugmentationTests {
  @Test func allAreTested() throws {
    let tested = Set(try AugmentationCases.written.map { type(of: try AugmentationCases.augmentation($0)).kerasName })
    #expect(tested == Set(TransformRegistry.all.filter { $0 is any PictureAugmentation.Type }.map { $0.kerasName }))
  }

  @Test(arguments: AugmentationCases.written) func aTransformAppliesIt(text: String) throws {
    let images = AugmentationCases.images(6)
    let source = MemorySource(
      "images",
      [
        ColumnValues(.image(AugmentationCases.shape, .float), floats: images.flatMap(\.self)),
        ColumnValues(.label(), integers: (0..<6).map { _ in 0 }),
      ])
    let preparation = try Preparation(
      for: source, Preprocessing(scale: 1), transforms: [try AugmentationCases.transform(text)], seed: 4)
    let augmentation = try AugmentationCases.augmentation(text)
    for (threads, shards) in [(1, 1), (3, 3)] {
      let loader = Loader(
        source, sampler: Sampler(count: 6, batch: 6, shards: shards, shuffledBy: nil), shards: 0..<shards,
        preparation: preparation, to: 12, threads: threads)
      for epoch in 0..<2 {
        for shard in try #require(try loader.next()).shards {
          for lane in 0..<shard.liveCount {
            let sample = Int(shard.samples[lane])
            let stream = RandomStream(seed: 4, purpose: .augmentation, major: epoch, minor: sample)
            #expect(shard.inputs[0].sample(lane) == AugmentationCases.apply(augmentation, to: images[sample], stream))
          }
        }
      }
    }
  }

  @Test(arguments: AugmentationCases.written) func aLayerAppliesIt(text: String) throws {
    let images = AugmentationCases.images(17)
    let input = Symbol.input(AugmentationCases.shape)
    let layer = try AugmentationCases.layer(text)
    let graph = try Graph("one", inputs: [input], outputs: [layer(input)])
    let plan = try Planner().plan(graph, lanes: 32, mode: .training)
    let network = Network(plan, weights: Weights(ParameterTable(graph)))
    (network.shard.live, network.shard.seed, network.shard.step) = (17, 4, 3)
    for lane in 0..<17 { network.shard.sampleIDs[lane] = UInt32(100 + lane) }
    network.prepare()
    network.beginInputs()
    for lane in 0..<17 { network.inputs[0].setSample(lane, images[lane]) }
    network.forward()
    guard Mirror(reflecting: layer).children.contains(where: { $0.label == "augmentation" }) else { return }
    let augmentation = try AugmentationCases.augmentation(text)
    for lane in 0..<17 {
      let stream = RandomStream(seed: 4, purpose: .dropout, item: 1, major: 3, minor: 100 + lane)
      #expect(network.outputs[0].sample(lane) == AugmentationCases.apply(augmentation, to: images[lane], stream))
    }
  }

  /// Gradients by finite differences, dead lanes, memory, and Keras's configuration there and back.
  @Test(arguments: AugmentationCases.written) func layersKeepTheContract(text: String) throws {
    // Steps have no slope, and differences jump; theirs are in `chainsHaveTheGradientOfTheirSteps`.
    guard !["Posterization", "Equalization", "RandAugment", "AugMix"].contains(where: text.contains) else { return }
    // No pixel is cut off, or the differences would meet the kink.
    let free = text.replacing(AugmentationCases.range, with: #""value_range": [-2, 2]"#)
      .replacing(#""brightness_factor": 0.1"#, with: #""brightness_factor": 0.0001"#)
      .replacing(#""factor": 0.3, "value"#, with: #""factor": 0.0001, "value"#)
    let isSaturation = text.contains("Saturation") || text.contains("Hue") || text.contains("Jitter")
    let layer = try AugmentationCases.layer(isSaturation ? text : free)
    try LayerContract.check(
      layer, inputs: [6, 7, 3], values: .shares, step: 2e-4, tolerance: isSaturation ? 5e-2 : 1e-2)
  }

  @Test(arguments: AugmentationCases.written) func argumentsAreReadBack(text: String) throws {
    func check<A: PictureAugmentation>(_ augmentation: A) throws {
      #expect(try JSONDecoder().decode(A.self, from: JSONEncoder().encode(augmentation)) == augmentation)
      let layer = AugmentationLayer(augmentation)
      let again = try LayerRegistry.layer(layer.kerasName, layer.kerasConfiguration())
      #expect(again.kerasConfiguration() == layer.kerasConfiguration())
    }
    try check(try AugmentationCases.augmentation(text))
    // Keras takes no 2.0 for 2.
    for (name, value) in try AugmentationCases.layer(text).kerasConfiguration() {
      let isWhole = ["num_ops", "num_chains", "chain_depth", "bins"].contains(name)
      #expect(!isWhole || value.asInteger.map { value == .integer($0) } == true, "\(name)")
    }
  }

  @Test(arguments: [
    (#"{"RandomHue": 2}"#, "RandomHue.factor"),
    (#"{"RandomHue": {"factor": 0.1, "value_rnage": [0, 1]}}"#, "value_range"),
    (#"{"RandomShear": {"x_factor": 1.5}}"#, "RandomShear.x_factor"),
    (#"{"RandomGaussianBlur": {"kernel_size": 4}}"#, "odd"), (#"{"RandomPosterization": 0}"#, "1.0 to 8.0"),
    (#"{"RandomErasing": {"fill_value": [1, 2]}}"#, "fill_value"), (#"{"RandomRotation": {}}"#, "is missing"),
    (#"{"RandomSharpness": {"factor": 0.1, "value_range": [1, 1]}}"#, "value_range"),
    (#"{"RandomRotation": {"factor": 0.1, "interpolation": "bicubic"}}"#, "bilinear, nearest"),
  ])
  func wrongArgumentsAreRefused(text: String, part: String) throws {
    let error = #expect(throws: DecodingError.self) { _ = try AugmentationCases.transform(text) }
    #expect("\(error!)".contains(part), "\(error!)")
    #expect(throws: (any Error).self) { _ = try AugmentationCases.layer(text) }
  }

  @Test func coloursNeedThreeChannels() throws {
    for name in ["RandomHue", "RandomSaturation", "RandomColorDegeneration"] {
      let layer = try LayerRegistry.layer(name, ["factor": 0.2])
      #expect(throws: ShapeError.self) { _ = try layer.signature(of: [[4, 4, 2]]) }
    }
  }

  /// What has steps among its choices is compared with differences where none of them is drawn.
  @Test func chainsHaveTheGradientOfTheirSteps() throws {
    let json = #"{"value_range": [-5, 5], "factor": [0.2, 0.3], "num_ops": 3, "num_chains": 2, "chain_depth": 2}"#
    func decode<A: PictureAugmentation>(_ type: A.Type, _ without: String) throws -> A {
      try JSONDecoder().decode(A.self, from: Data(json.replacing(/, "num_\w+": \d, .*}/, with: without + "}").utf8))
    }
    let turn = Homography.around(ImageSize(height: 11, width: 14), a: 0.9, b: -0.3, d: 0.3, e: 0.9)
    let steps: [AugmentationList.Step] = [.contrast(1.3), .map(turn), .sharpness(0.8)]
    try check(try decode(RandAugment.self, #", "num_ops": 3"#), steps)
    let others: [AugmentationList.Step] = [.degeneration(0.4), .brightness(0.2)]
    try check(
      try decode(AugMix.self, #", "num_chains": 2, "chain_depth": 3"#),
      AugMix.Drawn(ownWeight: 0.3, weights: [0.4, 0.6], chains: [steps, others]))
  }

  private func check<A: PictureAugmentation>(_ augmentation: A, _ drawn: A.Drawn) throws {
    let (image, along) = (AugmentationCases.images(2)[0], AugmentationCases.images(2)[1])
    let picture = FloatPicture(height: 11, width: 14, channels: 3)
    let memory = Buffer(count: augmentation.scratchPictures * picture.count)
    func sum(_ step: Float) -> Double {
      picture.numbers.replace(with: zip(image, along).map { $0 + step * $1 })
      augmentation.apply(drawn, to: picture, memory)
      return zip(picture.numbers.values, image).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let numeric = (sum(0.01) - sum(-0.01)) / 0.02
    let gradient = FloatPicture(height: 11, width: 14, channels: 3, in: Buffer(image))
    picture.numbers.replace(with: image)
    augmentation.differentiate(drawn, at: picture, gradient, memory)
    let analytic = zip(gradient.numbers.values, along).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    #expect(abs(numeric - analytic) < 2e-3 * abs(numeric), "\(A.kerasName): \(numeric), \(analytic)")
  }
}

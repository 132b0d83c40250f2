import Communication
public import Datasets
import Foundation
import Networks
import Tensors

/// Runs images through a model, sixteen at a time. Where the model leaves sizes open, images keep their own.
public struct Predictor {
  /// What a person should know of how the images are prepared, in a sentence each.
  public let notices: [String]
  private let model: LoadedModel
  private let files: [String]
  private let classNames: [String]
  private let preprocessing: PreprocessingChoice
  private let networks: SizedNetworks
  private let ending: ClassifierEnding

  /// Takes classes and preprocessing from the file of the model.
  ///
  /// - Parameters:
  ///   - model: a classifier.
  ///   - files: images, JPEG or PNG, of any size.
  ///   - preprocessing: of a model that Convoy has not trained.
  public init(_ model: LoadedModel, files: [String], preprocessing: Preprocessing? = nil) throws {
    try model.requireClassifier()
    let notes = try ModelNotes.read(from: model.file)
    let choice = try model.preprocessing(preprocessing ?? Preprocessing(), in: "the preprocessing", notes)
    guard preprocessing != nil || choice.isKnown else {
      throw TrainingError(
        .configuration, "\(model.file) does not say how its images were prepared; say how, such as with scale 1/255.")
    }
    try self.init(
      model, files: files, preprocessing: choice, classNames: ClassNames.known(notes, classes: model.classes))
  }

  package init(
    _ model: LoadedModel, files: [String], preprocessing: PreprocessingChoice, classNames: [String]
  ) throws {
    (self.model, self.files, self.classNames, self.preprocessing) = (model, files, classNames, preprocessing)
    let source = try ImageFolderSource(files: files, shape: model.input, resize: true)
    let pool = WorkerPool(count: ProcessInfo.processInfo.activeProcessorCount)
    try ImageCheck(communicator: SingleCommunicator(), pool: pool, cacheFolder: nil).run(source, resizing: true)
    notices = try PreparedData(source, preprocessing).notices
    ending = try model.ending
    networks = SizedNetworks(model.graph, weights: model.weights)
  }

  /// - Parameter body: told the classes of each image, the most probable first.
  public func run(
    top: Int = 1, _ body: (_ file: String, _ predictions: [ClassProbability]) throws -> Void
  ) throws {
    guard model.graph.hasOpenSizes else { return try run(files, as: model.input, top: top, body) }
    let shapes = try files.map { try ImageFolderSource(files: [$0]).shape.with(channels: model.input.channels) }
    var start = 0
    while start < files.count {
      let end = shapes[start...].firstIndex { $0 != shapes[start] } ?? files.count
      do { try run(Array(files[start..<end]), as: shapes[start], top: top, body) } catch let error as ShapeError {
        throw TrainingError(.data, "\(files[start]): \(error.description)")
      }
      start = end
    }
  }

  /// - Parameter shape: of all images, or what they are resized to.
  private func run(
    _ files: [String], as shape: Shape, top: Int, _ body: (String, [ClassProbability]) throws -> Void
  ) throws {
    let network = try networks.network(for: shape) { plan in
      let images = Layout(shape, lanes: Layout.laneMultiple).count * MemoryLayout<Float>.stride
      try model.requireMemory(plan, samples: [Loader.defaultAhead + 1, images].saturatedProduct)
    }
    let source = try ImageFolderSource(files: files, shape: shape, resize: true)
    let preparation = try PreparedData(source, preprocessing).preparation
    let sampler = Sampler(count: source.count, batch: Layout.laneMultiple, shards: 1, shuffledBy: nil)
    let loader = Loader(source, sampler: sampler, shards: 0..<1, preparation: preparation, to: source.count)
    while let batch = try loader.next() {
      let shard = batch.shards[0]
      network.load(shard.inputs, live: shard.liveCount)
      network.forward()
      for lane in 0..<shard.liveCount {
        try body(files[batch.sampled.position + lane], predictions(network.outputs[0].sample(lane), top: top))
      }
    }
  }

  private func predictions(_ outputs: [Float], top: Int) -> [ClassProbability] {
    let probabilities = ending.probabilities(outputs.map(Double.init))
    let order = probabilities.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
    return order.prefix(top).map { index in
      ClassProbability(
        name: classNames.indices.contains(index) ? classNames[index] : String(index), index: index,
        probability: probabilities[index])
    }
  }
}

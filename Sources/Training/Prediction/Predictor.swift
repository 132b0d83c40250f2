import Communication
public import Datasets
import Foundation
import Networks
public import Tasks
import Tensors

/// Runs images, or samples of a list, through a model, sixteen at a time, and says what its outputs mean. Where the
/// model leaves sizes open, images keep their own.
public struct Predictor {
  /// Sentences on how the images are prepared and outputs are read, for a person.
  public let notices: [String]
  private let model: LoadedModel
  private let files: [String]
  /// Samples with a column for each input; nil where images are all.
  private let list: (source: any DataSource, inputs: [String])?
  private let targets: [Column]
  private let preprocessing: PreprocessingChoice
  private let networks: SizedNetworks
  private let decoding: ImageDecoding

  /// Takes classes and preprocessing from the file of the model.
  ///
  /// - Parameters:
  ///   - files: images of any format and size.
  ///   - preprocessing: of a model that Convoy has not trained.
  ///   - task: the name of what the outputs say, where the file does not.
  public init(
    _ model: LoadedModel, files: [String], preprocessing: Preprocessing? = nil, task: String? = nil
  ) throws {
    let notes = try ModelNotes.read(from: model.file)
    try model.requireImageInput()
    let choice = try model.preprocessing(preprocessing ?? Preprocessing(), in: "the preprocessing", notes)
    guard preprocessing != nil || choice.isKnown else {
      throw TrainingError(
        .configuration, "\(model.file) does not say how its images were prepared; say how, such as with scale 1/255.")
    }
    try self.init(
      model, files: files, preprocessing: choice, targets: model.targets(notes, task: task),
      decoding: notes?.decoding)
  }

  /// - Parameter targets: what each output was trained towards.
  package init(
    _ model: LoadedModel, files: [String], preprocessing: PreprocessingChoice, targets: [Column],
    decoding: ImageDecoding? = nil
  ) throws {
    (self.model, self.files, self.targets, self.preprocessing) = (model, files, targets, preprocessing)
    self.decoding = decoding ?? ImageDecoding()
    list = nil
    _ = try model.task(model.graph, for: targets)
    let source = try ImageFileSource(files: files, shape: model.input, resize: true, decoding: self.decoding)
    notices = try PreparedData(source, preprocessing).notices
    networks = SizedNetworks(model.graph, weights: model.weights)
  }

  /// For models that take more than an image.
  ///
  /// - Parameters:
  ///   - source: with the columns that the inputs take.
  ///   - inputs: the columns, in the order of the inputs.
  package init(
    _ model: LoadedModel, _ source: any DataSource, inputs: [String], preprocessing: PreprocessingChoice,
    targets: [Column]
  ) throws {
    (self.model, files, self.targets, self.preprocessing) = (model, [], targets, preprocessing)
    (list, decoding) = ((source, inputs), ImageDecoding())
    _ = try model.task(model.graph, for: targets)
    notices = try source.notices + PreparedData(source, preprocessing).notices
    networks = SizedNetworks(model.graph, weights: model.weights)
  }

  /// - Parameters:
  ///   - top: how many of several answers are wanted, the most probable first.
  ///   - body: told what the model says of each image.
  public func run(
    top: Int = 1, _ body: (_ file: String, _ prediction: any Prediction) throws -> Void
  ) throws {
    if let (source, inputs) = list {
      let images = min(Layout.laneMultiple, source.count)
      let network = try networks.network(for: model.input, images: images) { try model.requireMemory($0) }
      let task = try model.task(model.graph, for: targets)
      return try run(network, task, source, images: images, inputs: inputs, top: top) { position, prediction in
        try body(source.name(of: position) ?? "\(source.location) \(position)", prediction)
      }
    }
    guard model.graph.hasOpenSizes else { return try run(files, as: model.input, top: top, body) }
    let shapes = try files.map {
      try ImageFileSource(files: [$0], decoding: decoding).shape.with(channels: model.input.channels)
    }
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
    _ files: [String], as shape: Shape, top: Int, _ body: (String, any Prediction) throws -> Void
  ) throws {
    let sized = try shape == model.input ? model.graph : model.graph.resized(to: shape)
    let task = try model.task(sized, for: targets)
    // Few large images are cut into strips, so that all lanes hold something.
    let most = min(Layout.laneMultiple, files.count)
    let network = try networks.network(for: shape, images: most) { plan in
      let images = Layout(shape, lanes: Layout.laneMultiple).count * MemoryLayout<Float>.stride
      try model.requireMemory(plan, samples: [Loader.defaultAhead + 1, images].saturatedProduct)
    }
    let source = try ImageFileSource(files: files, shape: shape, resize: true, decoding: decoding)
    try run(network, task, source, images: most, inputs: nil, top: top) { try body(files[$0], $1) }
  }

  /// - Parameters:
  ///   - images: that run through the network at once.
  ///   - body: told what is said of the sample of each position.
  private func run(
    _ network: Network, _ task: any LearningTask, _ source: any DataSource, images: Int, inputs: [String]?, top: Int,
    _ body: (Int, any Prediction) throws -> Void
  ) throws {
    let preparation = try PreparedData(source, preprocessing).preparation
    let sampler = Sampler(count: source.count, batch: images, shards: 1, shuffledBy: nil)
    // Nobody knows targets yet.
    let loader = Loader(
      source, inputs: inputs, targets: [], sampler: sampler, shards: 0..<1, preparation: preparation, to: source.count)
    while let batch = try next(of: loader, source) {
      let shard = batch.shards[0]
      network.load(shard.inputs, live: shard.liveCount)
      network.forward()
      for lane in 0..<shard.liveCount {
        try body(batch.sampled.position + lane, task.prediction(network.outputs, lane: lane, top: top))
      }
    }
  }

  /// Images are decoded once; where one cannot be read, all are looked at, so that all such are named.
  private func next(of loader: Loader, _ source: any DataSource) throws -> LoadedBatch? {
    do {
      return try loader.next()
    } catch {
      let pool = WorkerPool(count: ProcessInfo.processInfo.activeProcessorCount)
      try ImageCheck(communicator: SingleCommunicator(), pool: pool, cacheFolder: nil).run(source, resizing: true)
      throw error
    }
  }
}

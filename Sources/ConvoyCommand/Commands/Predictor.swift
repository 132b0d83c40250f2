import Communication
import Datasets
import Foundation
import Networks
import Tensors
import Training

/// One class that an image may show.
struct Prediction: Encodable {
  /// Its name, or its number where the model knows no names.
  let name: String
  let index: Int
  let probability: Double

  private enum CodingKeys: String, CodingKey {
    case name = "class"
    case index, probability
  }

  var text: String { "\(name) \(String(format: "%.2f %%", probability * 100))" }
}

/// Runs images through a model, sixteen at a time.
struct Predictor {
  private let model: LoadedModel
  private let files: [String]
  private let classNames: [String]
  private let source: ImageFolderSource
  private let preparation: Preparation
  private let network: Network
  private let ending: ClassifierEnding

  init(_ model: LoadedModel, files: [String], preprocessing: PreprocessingChoice, classNames: [String]) throws {
    (self.model, self.files, self.classNames) = (model, files, classNames)
    source = try ImageFolderSource(files: files, shape: model.input, resize: true)
    let pool = WorkerPool(count: ProcessInfo.processInfo.activeProcessorCount)
    try ImageCheck(communicator: SingleCommunicator(), pool: pool, cacheFolder: nil).run(source, resizing: true)
    let prepared = try PreparedData(source, preprocessing)
    preparation = prepared.preparation
    for notice in prepared.notices { Output.note(notice) }
    ending = try model.ending
    let plan = try Planner().plan(model.graph, lanes: Layout.laneMultiple, mode: .inference)
    let images = Layout(model.input, lanes: Layout.laneMultiple).count * MemoryLayout<Float>.stride
    try model.requireMemory(plan, samples: [Loader.defaultAhead + 1, images].saturatedProduct)
    network = Network(plan, weights: model.weights)
  }

  /// - Parameter body: told the classes of each image, the most probable first.
  func run(top: Int, _ body: (_ file: String, _ predictions: [Prediction]) throws -> Void) throws {
    let sampler = Sampler(count: source.count, batch: Layout.laneMultiple, shards: 1, shuffledBy: nil)
    let loader = Loader(source, sampler: sampler, shards: 0..<1, preparation: preparation, to: source.count)
    network.prepare()
    while let batch = try loader.next() {
      let shard = batch.shards[0]
      network.load(shard.inputs, live: shard.liveCount)
      network.forward()
      for lane in 0..<shard.liveCount {
        try body(files[batch.sampled.position + lane], predictions(network.outputs[0].sample(lane), top: top))
      }
    }
  }

  private func predictions(_ outputs: [Float], top: Int) -> [Prediction] {
    let probabilities = ending.probabilities(outputs.map(Double.init))
    let order = probabilities.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
    return order.prefix(top).map { index in
      Prediction(
        name: classNames.indices.contains(index) ? classNames[index] : String(index), index: index,
        probability: probabilities[index])
    }
  }
}

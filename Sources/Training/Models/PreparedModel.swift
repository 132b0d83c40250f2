package import Datasets
package import Networks
import Tensors

/// A model before its images are prepared.
package struct PreparedModel: Sendable {
  /// The model; nil where it is not known yet.
  let graph: Graph?
  /// Where its weights come from; nil where they are drawn.
  package let file: String?
  /// What Convoy has written into that file.
  package let notes: ModelNotes?
  /// What it does to images itself.
  package let preparation: ImagePreparation?
  /// Inputs of images to which it does nothing, where it does something to those of others.
  let unprepared: [String]
  /// The name of the network in a configuration, where it has one.
  private let network: String?

  /// - Parameters:
  ///   - network: a name of `Models`.
  ///   - weights: of the graph; read only if they matter.
  package init(
    _ graph: Graph?, network: String? = nil, file: String?, notes: ModelNotes?,
    weights: () throws(TrainingError) -> Weights? = { () throws(TrainingError) in nil }
  ) throws(TrainingError) {
    (self.graph, self.network, self.file, self.notes) = (graph, network, file, notes)
    guard let graph else {
      (preparation, unprepared) = (nil, [])
      return
    }
    let images = graph.inputs.indices.filter {
      graph.takesNumbers($0) && (graph.inputs.count == 1 || graph.inputShapes[$0].rank > 1)
    }
    let preparations = try images.map { input throws(TrainingError) in
      try ImagePreparation(graph, input: input, weights: weights)
    }
    preparation = preparations.compactMap(\.self).first
    unprepared =
      preparation == nil ? [] : zip(images, preparations).filter { $1 == nil }.map { graph.inputNames[$0.0] }
  }

  /// Refuses to prepare images for a model that does it itself.
  ///
  /// - Parameter place: where the preprocessing is given.
  package func requireOnce(_ given: Preprocessing, in place: String) throws(TrainingError) {
    guard let preparation, given.mode != Preprocessing.Mode.none else { return }
    let takesOtherNumbers = (preparation.expected ?? .bytes).fullScale != 255
    let isTwice =
      preparation.reordersOnly
      ? given.mode?.reversesChannels ?? false
      : given.mode != nil || given.standardize != nil || given.scale.map { $0 < 1 && !takesOtherNumbers } ?? false
    guard isTwice else { return }
    throw TrainingError(
      .configuration,
      "\(place): the model '\(graph?.name ?? "")' prepares its images itself, in '\(preparation.layer)', which would "
        + "be "
        + "done twice; remove it, or use {mode: none}.")
  }

  /// What a network of its name was trained with, and that name; nil where nobody knows.
  var usualMode: (name: String, mode: Preprocessing.Mode)? {
    guard file != nil else { return nil }
    func mode(_ design: NetworkDesign?) -> Preprocessing.Mode? {
      design?.preprocessing.flatMap { Preprocessing.Mode(rawValue: $0.rawValue) }
    }
    if let network { return mode(Models.design(named: network)).map { (network, $0) } }
    guard let graph else { return nil }
    // A network of Convoy's may be called as one of Keras's is, whose layers have names of their own: `resnet50`.
    if let own = mode(Models.design(named: graph.name)),
      Models.design(named: "keras:\(graph.name)") == nil || graph.index(named: "conv2d") != nil
    {
      return (graph.name, own)
    }
    return ([graph.name] + graph.submodels.map(\.name)).lazy
      .compactMap { name in Preprocessing.Mode(ofKerasNetwork: name).map { (name, $0) } }.first
  }
}

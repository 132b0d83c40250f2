import Datasets
import Foundation
import Keras
import Kernels
public import Networks
public import Tensors

extension Recipe {
  /// A model before training: its graph, and its first weights where it brings some.
  public struct Model: Sendable {
    public let graph: Graph
    let pretrained: PretrainedWeights?
    /// Where the backbone ends and what tells the classes apart begins.
    let features: Graph.Value
    /// The column of the data that each input takes; nil for models that no data is known for.
    var inputColumns: [String]?
    /// The targets of its outputs, where those are more than the class.
    var outputs: [String: OutputChoice] = [:]
    /// Of its layers that were adapted to the data.
    var adapted: [AdaptedLayer] = []

    init(_ graph: Graph, pretrained: PretrainedWeights? = nil, features: Graph.Value? = nil) {
      (self.graph, self.pretrained) = (graph, pretrained)
      self.features = features ?? graph.features ?? graph.outputs[0]
    }

    /// First values: those of the file, or drawn from the seed.
    ///
    /// - Parameter pool: shares the work of drawing.
    public func initialize(_ weights: Weights, seed: Int, in pool: WorkerPool? = nil) throws(TrainingError) {
      if pretrained?.isComplete != true { weights.initialize(seed: UInt64(bitPattern: Int64(seed)), in: pool) }
      do { try pretrained?.load(into: weights) } catch { throw TrainingError(.data, error.description) }
      weights.set(Dictionary(uniqueKeysWithValues: adapted.map { ($0.layer, $0.values) }))
    }
  }

  /// The model that the recipe names, for images of a shape and so many classes.
  public func makeModel(input: Shape, classes: Int) throws(TrainingError) -> Model {
    try makeModel(for: DataDescription(data.train, input: input, classes: classes))
  }

  /// The model that the recipe names, for the data.
  public func makeModel(for data: DataDescription) throws(TrainingError) -> Model {
    let own = try ownModel()
    var model = if let own { own } else { try namedModel(data) }
    model = try finetuned(model, for: data)
    let outputs = try outputs(of: model.graph, data)
    let inputColumns = try inputColumns(of: model.graph, data)
    try learning(outputs).check(model.graph, classes: data.classes)
    var graph = fitted(model.graph, to: data.columns, taking: inputColumns).choosing(convolution)
    // Layer-wise optimizers put their directions where the gradients are.
    if !(optimizer.make() is any LayerwiseOptimizer) {
      graph = graph.factoringGradients(images: Layout.lanes(forImages: batch / shards) * shards)
    }
    if let pretrained = model.pretrained { graph.takeOriginalTensors(pretrained.originalTensors) }
    let layers = Set(graph.nodes.map { graph.localName(of: $0) })
    graph.foreignSettings = (own?.graph.foreignSettings ?? []).filter { layers.contains($0.layer) }
    var result = Model(graph, pretrained: model.pretrained, features: model.features)
    (result.inputColumns, result.outputs, result.adapted) = (inputColumns, outputs, adapted)
    return result
  }

  private func namedModel(_ data: DataDescription) throws(TrainingError) -> Model {
    guard case .named(let name, _) = model else { preconditionFailure("a model without a graph of its own has a name") }
    // The head of the file's own classes is left out.
    let classes = finetune?.head == nil ? try numbers(toGive: data) : Models.usualClasses(of: name)
    do {
      return Model(try Models.make(name, input: data.input, classes: classes))
    } catch {
      throw TrainingError(.configuration, error.description)
    }
  }

  /// The shape of a sample that the recipe itself gives.
  func givenInput() throws(TrainingError) -> Shape? {
    do { return try model.givenInput() } catch { throw TrainingError(.configuration, error.description) }
  }

  /// The model whose graph does not depend on the data: nil for one that is named.
  func ownModel() throws(TrainingError) -> Model? {
    switch model {
    case .named: return nil
    case .file(let path):
      try Checkpoint.requireSound(path)
      do {
        if finetune?.from == path, try !ModelFileFormat(of: path).hasArchitecture {
          throw TrainingError(
            .configuration,
            "\(path) holds weights without an architecture; say with 'model' which network they belong to, such as "
              + "vgg16."
          )
        }
        let file = try KerasModel(reading: path)
        return Model(try file.graph.taking(adapted), pretrained: PretrainedWeights(file))
      } catch let error as TrainingError {
        throw error
      } catch {
        throw TrainingError(.data, "\(error)")
      }
    case .layers, .architecture:
      do {
        return try model.ownGraph().map { Model(try $0.taking(adapted)) }
      } catch let error as TrainingError {
        throw error
      } catch {
        throw TrainingError(.configuration, "\(error)")
      }
    }
  }

  private func check(_ graph: Graph, classes: Int) throws(TrainingError) {
    if let name = graph.penaltyOnProbabilities {
      throw TrainingError(
        .configuration,
        "the model '\(graph.name)' adds the size of its probabilities to the loss ('\(name)'), which are not computed "
          + "where cross-entropy is taken from the logits; remove that activity regularizer."
      )
    }
    for loss in try losses(of: graph) where loss.isClassification {
      let output = graph.outputShapes[loss.node.outputs[0]]
      let isBinary = output.dimensions == [1] && classes <= 2
      guard output.rank == 1, output.channels >= classes || isBinary else {
        throw TrainingError(
          .configuration,
          "the model '\(graph.name)' ends in \(output), but the data has \(classes) classes, counted from 0 to "
            + "\(classes - 1); "
            + "end it in a Dense layer of \(classes) units, or correct the labels.")
      }
    }
  }
}

import Datasets
import Networks
public import Tensors

extension Recipe {
  /// The shape of a sample and the classes of the data, as training would take them.
  public func describeData() throws(TrainingError) -> (input: Shape, classes: Int) {
    let sources = try TrainingSources(self, rank: 0, of: 1)
    return (sources.train.shape, sources.classes)
  }

  /// What the data must be: the model's own input, and for synthetic data its classes too; nil where the data decides.
  func wantedSamples() throws(TrainingError) -> SourceOptions {
    var options = SourceOptions(resize: data.resize)
    let isSynthetic = data.train.hasPrefix("synthetic:")
    if let graph = try ownModel()?.graph {
      options.shape = graph.inputShapes.first
      if isSynthetic { options.classes = finetune?.head?.classes ?? graph.outputShapes.first?.channels }
    } else if case .named(let name) = model {
      if isSynthetic { options.classes = finetune?.head?.classes ?? Models.usualClasses(of: name) }
      // Weights were trained on images of the usual size.
      if isSynthetic || finetune != nil && data.resize { options.shape = Models.usualInput(of: name) }
    }
    return options
  }
}

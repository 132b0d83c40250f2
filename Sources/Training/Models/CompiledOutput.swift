import Keras
import Networks
import Tasks

/// Loss, weight and metrics that a file was compiled with for one of its outputs, as a configuration would say them.
struct CompiledOutput: Sendable {
  let name: String
  /// Nil where the file has none, or one that is not known.
  var loss: FunctionChoice?
  /// Nil where the file has none.
  var weight: Double?
  var metrics: [FunctionChoice]?
  /// Losses and metrics of the file that are not known.
  var unknownLoss: String?
  var unknownMetrics: [String] = []

  /// The outputs of a file that Keras compiled.
  static func all(_ configuration: CompileConfiguration, names: [String]) -> [CompiledOutput] {
    let losses = configuration.losses?.values(of: names)
    let weights = configuration.lossWeights?.values(of: names)
    let lists = [configuration.metrics, configuration.weightedMetrics].compactMap { $0?.values(of: names) }
    return names.enumerated().map { place, name in
      var output = CompiledOutput(name: name)
      if let object = losses?[place] {
        output.loss = FunctionChoice(compiled: object)
        if (try? LossRegistry.loss(output.loss!.description)) == nil {
          (output.loss, output.unknownLoss) = (nil, object.className)
        }
      }
      output.weight = weights?[place]
      for object in lists.flatMap({ $0[place] ?? [] }) {
        var choice = FunctionChoice(compiled: object)
        // Keras 2 writes the output before it.
        let prefix = "\(name)_"
        if let own = choice.arguments["name"]?.asString, own.hasPrefix(prefix) {
          choice.arguments["name"] = .string(String(own.dropFirst(prefix.count)))
        }
        if object.isCustom || !MetricRegistry.knows(choice.name) {
          output.unknownMetrics.append(object.className)
        } else {
          output.metrics = (output.metrics ?? []) + [choice]
        }
      }
      return output
    }
  }

  /// The outputs of a checkpoint, as its run had them.
  static func all(_ recipe: Recipe, names: [String]) -> [CompiledOutput] {
    names.compactMap { name in
      if recipe.outputs.isEmpty { return CompiledOutput(name: name, loss: recipe.loss, metrics: recipe.metrics) }
      return recipe.outputs[name].map {
        CompiledOutput(name: name, loss: $0.loss, weight: $0.weight, metrics: $0.metrics)
      }
    }
  }
}

extension FunctionChoice {
  /// A loss or a metric of Keras, without what says nothing: names of losses, and arguments that are the usual ones.
  fileprivate init(compiled object: CompileConfiguration.Object) {
    let usual: [String: [JSONValue]] = [
      "reduction": ["sum_over_batch_size", "auto"], "from_logits": [false], "axis": [-1], "label_smoothing": [0],
      "name": [.string(object.className.inSnakeCase)],
    ]
    self.init(
      object.className, object.arguments.filter { key, value in value != .null && usual[key]?.contains(value) != true })
  }

  /// The same of class numbers, where it is one of a number for each class: Keras is given labels in either form, a
  /// data source in one.
  var ofClassNumbers: FunctionChoice {
    let names = [
      "CategoricalCrossentropy": "SparseCategoricalCrossentropy", "CategoricalAccuracy": "SparseCategoricalAccuracy",
      "TopKCategoricalAccuracy": "SparseTopKCategoricalAccuracy",
    ]
    guard let sparse = names[name] else { return self }
    var copy = FunctionChoice(sparse, arguments)
    // The score keeps its name.
    if name.hasSuffix("Accuracy"), arguments["name"] == nil { copy.arguments["name"] = .string(name.inSnakeCase) }
    return copy
  }
}

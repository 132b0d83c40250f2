import Keras
import Networks

extension Recipe {
  /// Takes the losses, their weights and the metrics of a compiled model over, output by output, where the recipe says
  /// nothing of them.
  ///
  /// - Returns: what was taken, and what is not known and not replaced, in a sentence each.
  mutating func takeOutputs(of compiled: CompiledModel) throws(TrainingError) -> [String] {
    // A new head has targets and losses of its own.
    guard finetune?.head == nil else { return [] }
    var (losses, scores, unknown) = ([String](), [String](), [String]())
    let isOnly = outputs.isEmpty
    guard !isOnly || compiled.outputs.count == 1 else { return [] }
    for output in compiled.outputs {
      let place = isOnly ? "" : " of '\(output.name)'"
      guard var choice = isOnly ? onlyOutput : outputs[output.name] else { continue }
      let isLabel = choice.target == nil || choice.target == "label"
      if choice.loss == nil, let name = output.unknownLoss {
        throw TrainingError(
          .configuration,
          "\(compiled.path) was compiled with the loss '\(name)'\(place), which is not known; say with "
            + "'\(isOnly ? "loss" : "outputs.\(output.name).loss")' what it is trained with.")
      }
      if choice.loss == nil, var loss = output.loss {
        if isLabel { loss = loss.ofClassNumbers }
        if labelSmoothing > 0 { loss.arguments["label_smoothing"] = nil }
        choice.loss = loss
        if loss != .crossEntropy { losses.append("\(loss.shortName)\(place)") }
      }
      if choice.weight == nil, let weight = output.weight, !isOnly {
        choice.weight = weight
        losses.append("the weight \(weight)\(place)")
      }
      if choice.metrics == nil {
        choice.metrics = output.metrics.map { $0.map { isLabel ? $0.ofClassNumbers : $0 } }
        if let metrics = choice.metrics {
          scores.append(metrics.map(\.shortName).joined(separator: ", ") + place)
        }
        unknown += output.unknownMetrics.map { "the metric '\($0)'\(place)" }
      }
      if isOnly { onlyOutput = choice } else { outputs[output.name] = choice }
    }
    var parts: [String] = []
    if !losses.isEmpty { parts.append("the loss \(losses.joined(separator: ", "))") }
    if !scores.isEmpty { parts.append("the metrics \(scores.joined(separator: ", "))") }
    var sentences: [String] = []
    if !parts.isEmpty {
      sentences.append("\(parts.joined(separator: " and ")) from \(compiled.path), which was compiled with them")
    }
    if !unknown.isEmpty {
      sentences.append("of what \(compiled.path) was compiled with, \(unknown.joined(separator: ", ")) is not known")
    }
    return sentences
  }

  /// The keys that are for an only output.
  var onlyOutput: OutputChoice? {
    get {
      var choice = OutputChoice()
      (choice.loss, choice.metrics, choice.classWeights) = (loss, metrics, classWeights)
      return choice
    }
    set { (loss, metrics) = (newValue?.loss, newValue?.metrics) }
  }
}

extension FunctionChoice {
  /// The function's name, where it is a loss or a metric.
  fileprivate var shortName: String { arguments["name"]?.asString ?? name.inSnakeCase }
}

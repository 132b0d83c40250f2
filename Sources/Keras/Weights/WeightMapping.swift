public import Networks
import Tensors

/// Which array of a file becomes which variable of a model, and what is left on either side.
public struct WeightMapping: Sendable {
  /// By what an array and a variable were found to belong together.
  public enum Reason: String, Sendable, Encodable {
    /// The file's own path for the layer, or the same name in the same place.
    case path
    /// The name of the layer or variable, in another place or under another prefix.
    case name
    /// The place among the layers or variables alone; names differ.
    case position
  }

  public struct Match: Sendable {
    public let source: StoredTensor
    public let target: ParameterTable.Entry
    public let reason: Reason
    public let rearrangements: [Rearrangement]
  }

  /// Arrays and variables that have no partner, and why, in one sentence.
  public struct Problem: Sendable {
    public let sentence: String
    public let sources: [StoredTensor]
    public let targets: [ParameterTable.Entry]
  }

  public let file: String
  public internal(set) var matches: [Match] = []
  public internal(set) var problems: [Problem] = []
  /// Arrays that no inference needs, such as a counter of batches.
  public internal(set) var ignored: [StoredTensor] = []
  /// Those of them that belong to a classifier beside the network.
  var auxiliary: [StoredTensor] = []

  /// Whether the names of the file are PyTorch's.
  var isPyTorchs = false

  init(file: String) { self.file = file }

  mutating func add(
    _ source: StoredTensor, _ target: ParameterTable.Entry, _ reason: Reason, _ rearrangements: [Rearrangement] = []
  ) {
    let shape = rearrangements.reduce(source.shape) { $1.shape(of: $0) }
    guard shape == target.parameter.shape else {
      return add(
        problem: "'\(source.name)' has the shape \(source.shape), but the model's '\(target.path)' has "
          + "\(target.parameter.shape); use the file that belongs to this model.", [source], [target])
    }
    // Keras counts the samples that a Normalization has seen in 64-bit integers.
    let isCounter = target.parameter.isState && target.parameter.shape.isEmpty
    guard source.holdsFloats || isCounter && source.typeName == "int64" else {
      return add(
        problem: "'\(source.name)' holds elements of type \(source.typeName), not floats, as '\(target.path)' needs; "
          + "save the model with 32-bit floats.", [source], [target])
    }
    matches.append(Match(source: source, target: target, reason: reason, rearrangements: rearrangements))
  }

  mutating func add(problem: String, _ sources: [StoredTensor], _ targets: [ParameterTable.Entry]) {
    problems.append(Problem(sentence: problem, sources: sources, targets: targets))
  }

  /// Adds problems for variables that nothing was said about yet, one for each layer.
  mutating func addMissing(among variables: [ParameterTable.Entry]) {
    let known = Set(matches.map(\.target.path) + problems.flatMap { $0.targets.map(\.path) })
    let missing = Dictionary(grouping: variables.filter { !known.contains($0.path) }, by: \.layer)
    var layers: [String] = []
    for entry in variables where missing[entry.layer] != nil && layers.last != entry.layer {
      layers.append(entry.layer)
    }
    for layer in layers {
      add(
        problem: "the weights of '\(layer)' are missing; use the file that belongs to this model.", [], missing[layer]!)
    }
  }

  /// Adds problems for arrays that nothing was said about yet.
  mutating func addUnused(among tensors: [StoredTensor]) {
    let known = Set((matches.map(\.source) + ignored + problems.flatMap(\.sources)).map(\.name))
    for tensor in tensors where !known.contains(tensor.name) {
      add(
        problem: "'\(tensor.name)' belongs to no layer of the model; use the file that belongs to this model.",
        [tensor], [])
    }
  }

  /// Throws the first problem.
  public func requireComplete() throws(KerasError) {
    guard let problem = problems.first else { return }
    let rest = problems.count > 1 ? " (The first of \(problems.count) problems; convoy import lists them.)" : ""
    throw KerasError(file: file, problem.sentence + rest)
  }

  /// Copies what was matched, converted to 32-bit floats; nothing is copied if an array cannot be read or holds a
  /// number that is not finite.
  public func load(into weights: Weights) throws(KerasError) {
    var loaded: [(ParameterTable.Entry, [Float])] = []
    for match in matches {
      var (values, shape) = (try match.source.read(), match.source.shape)
      for rearrangement in match.rearrangements {
        (values, shape) = (rearrangement(values, shape: shape), rearrangement.shape(of: shape))
      }
      if let index = values.firstIndex(where: { !$0.isFinite }) {
        throw KerasError(
          file: file,
          "'\(match.source.name)' holds \(values[index]) at place \(index), which is no number to go on with; use a "
            + "file of a training that went well.")
      }
      loaded.append((match.target, values))
    }
    // The same model may have other layers frozen here, and so its parameters in other places.
    let entries = Dictionary(uniqueKeysWithValues: weights.table.entries.map { ($0.path, $0) })
    for (target, values) in loaded { weights[entries[target.path]!].replace(with: values) }
  }
}

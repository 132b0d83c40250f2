import Archives
import Foundation
public import Networks
import Tensors

/// The names of PyTorch in files of ours, and weights under them.
enum OriginalNames {
  /// An attribute of HDF5 files, a key in the metadata of `.keras`: JSON that programs other than Convoy pass over.
  static let key = "convoy_pytorch_names"

  /// Nil where there are none.
  static func text(of graph: Graph) -> String? {
    guard !graph.originalTensors.isEmpty else { return nil }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(graph.originalTensors)).map { String(decoding: $0, as: UTF8.self) }
  }

  static func read(_ text: String?, into graph: inout Graph, file: String) throws(KerasError) {
    guard let text else { return }
    do {
      graph.takeOriginalTensors(try JSONDecoder().decode([String: OriginalTensor].self, from: Data(text.utf8)))
    } catch {
      throw KerasError(file: file, "what '\(key)' says there cannot be understood; export the model again.")
    }
  }

  /// The weights under PyTorch's names and in its layouts; nil where a variable has none.
  static func tensors(of graph: Graph, _ weights: Weights) -> [SafetensorsFile.NewTensor]? {
    let mapping = TorchMapping([], graph)
    var tensors: [SafetensorsFile.NewTensor] = []
    var names: Set<String> = []
    for entry in weights.table.entries {
      guard
        let original = graph.originalTensors[entry.path], let index = graph.index(ofFirstCall: entry.layer),
        original.shape.allSatisfy({ $0 > 0 }), names.insert(original.name).inserted
      else { return nil }
      let changes = mapping.changes(original.shape, graph.nodes[index], entry)
      guard changes.reduce(original.shape, { $1.shape(of: $0) }) == entry.parameter.shape else { return nil }
      tensors.append(
        SafetensorsFile.NewTensor(original.name, original.shape) {
          changes.undo(weights[entry].values, shape: original.shape)
        })
    }
    return tensors
  }
}

extension KerasModel {
  /// The layer for which a network that came with PyTorch's names cannot go back under them; nil for other networks.
  public static func layerWithoutOriginalName(_ graph: Graph) -> String? {
    guard !graph.originalTensors.isEmpty else { return nil }
    return ParameterTable(graph).entries.first { graph.originalTensors[$0.path] == nil }?.layer
  }
}

extension KerasWeights {
  /// PyTorch's names of the variables of a graph that the weights are for: the file's, else those that the graph has.
  public func originalTensors(onto graph: Graph) -> [String: OriginalTensor] {
    let names = mapping(onto: graph).originalTensors
    return names.isEmpty ? graph.originalTensors : names
  }
}

extension WeightMapping {
  /// PyTorch's names and shapes of what was matched, by the paths of variables; empty for files of other names.
  public var originalTensors: [String: OriginalTensor] {
    guard isPyTorchs else { return [:] }
    return Dictionary(
      matches.map { ($0.target.path, OriginalTensor(name: $0.source.name, shape: $0.source.shape)) },
      uniquingKeysWith: { first, _ in first })
  }
}

extension [Rearrangement] {
  /// The values before all changes.
  ///
  /// - Parameter shape: before them.
  fileprivate func undo(_ values: [Float], shape: [Int]) -> [Float] {
    guard let change = first else { return values }
    let next = change.shape(of: shape)
    let later = Array(dropFirst()).undo(values, shape: next)
    switch change {
    case .reshaped: return later
    case .flipped: return change(later, shape: next)
    case .transposed(let axes):
      var inverse = axes
      for (place, axis) in axes.enumerated() { inverse[axis] = place }
      return Rearrangement.transposed(inverse)(later, shape: next)
    }
  }
}

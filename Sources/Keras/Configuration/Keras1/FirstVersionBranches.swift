import Networks

/// The layers of a chain that begins with a `Merge` of other chains, as layers of one functional model: Keras 1 counted
/// them so in its files of weights.
struct FirstVersionBranches {
  private(set) var layers: [JSONValue] = []
  /// Names of the layers of class InputLayer.
  private(set) var inputs: [String] = []

  /// Appends the layers of a chain, and gives the name of the last one.
  mutating func append(_ chain: [JSONValue]) throws(ImportError) -> String {
    var last: String?
    for entry in chain {
      if entry["class_name"] == "InputLayer" {
        guard let name = entry["config"]["name"].asString, last == nil else { throw ImportError(damaged) }
        last = try append(entry, named: name, behind: [])
        inputs.append(name)
        continue
      }
      guard let name = entry["config"]["name"].asString ?? entry["name"].asString else { throw ImportError(damaged) }
      if let before = last {
        last = try append(entry, named: name, behind: [before])
      } else if entry["class_name"] == "Merge", let branches = entry["config"]["layers"].asArray {
        var ends: [String] = []
        for branch in branches {
          ends.append(try append(branch["config"].asArray ?? branch["config"]["layers"].asArray ?? [branch]))
        }
        last = try append(entry, named: name, behind: ends)
      } else {
        let shape = entry["config"]["batch_input_shape"]
        guard shape != .null else {
          throw ImportError(
            "layer '\(name)' begins a chain of a Merge, but has no batch_input_shape; build the model in Keras's "
              + "functional form and save it again.")
        }
        let input = "\(name)_input"
        inputs.append(input)
        let values: JSONValue = .object(["name": .string(input), "batch_input_shape": shape])
        _ = try append(.object(["class_name": "InputLayer", "config": values]), named: input, behind: [])
        last = try append(entry, named: name, behind: [input])
      }
    }
    guard let last else {
      throw ImportError("a model that is merged has no layers; add some and save the model again.")
    }
    return last
  }

  private var damaged: String {
    "a layer of a model that is merged has no name; the file is damaged: save the model again."
  }

  private mutating func append(_ entry: JSONValue, named name: String, behind: [String]) throws(ImportError) -> String {
    guard var members = entry.asObject else { throw ImportError(damaged) }
    members["name"] = .string(name)
    let references = behind.map { JSONValue.array([.string($0), 0, 0]) }
    members["inbound_nodes"] = behind.isEmpty ? [] : [.array(references)]
    layers.append(.object(members))
    return name
  }
}

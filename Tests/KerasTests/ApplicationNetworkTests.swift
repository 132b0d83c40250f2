import Digests
import Foundation
import Keras
import Networks
import Tensors
import Testing

/// The networks called `keras:...`, built in Swift, against those of keras.applications.
struct ApplicationNetworkTests {
  /// The record that Tests/Fixtures/keras/write_applications.py has written of each.
  struct Application: Sendable, CustomTestStringConvertible {
    let name: String
    let parameterCount: Int
    let layerCount: Int
    let digest: String

    var testDescription: String { name }

    static let all: [Application] = {
      let text = (try? String(contentsOfFile: fixture("applications.txt"), encoding: .utf8)) ?? ""
      return text.split(separator: "\n").map { line in
        let fields = line.split(separator: " ").map(String.init)
        return Application(
          name: fields[0], parameterCount: Int(fields[1])!, layerCount: Int(fields[2])!, digest: fields[3])
      }
    }()
  }

  private static func graph(_ name: String) throws -> Graph {
    try Models.make("keras:\(name)", input: Models.usualInput(of: "keras:\(name)"), classes: 1000)
  }

  @Test func allAreThere() {
    let ours = Models.names.filter { $0.hasPrefix("keras:") && !$0.hasSuffix("-imagenet") }.map {
      String($0.dropFirst(6))
    }
    #expect(ours.sorted() == Application.all.map(\.name).sorted() && ours.count == 40)
  }

  @Test(arguments: Application.all)
  func networksAreKerass(_ application: Application) throws {
    let graph = try ApplicationNetworkTests.graph(application.name)
    #expect(graph.parameterCount == application.parameterCount)
    let lines = Description.lines(of: graph.kerasModel(.keras3)).sorted()
    #expect(lines.count == application.layerCount)
    let digest = SHA256.digest(of: lines.joined(separator: "\n"))
    #expect(digest == application.digest)
  }

  /// Layer by layer, with every argument, and with the weights in Keras's order.
  @Test(.enabled(if: ApplicationTests.isPresent, "\(ApplicationTests.folder) is absent"), arguments: Application.all)
  func networksAreThoseOfTheConfigurations(_ application: Application) throws {
    let constructor = try #require(try ApplicationTests.constructors(3).first { $0.lowercased() == application.name })
    let model = try ApplicationTests.read("\(ApplicationTests.folder)/keras3/\(constructor).json.gz")
    let keras = try Graph(kerasModel: model, openSizes: .all(224))
    let ours = try ApplicationNetworkTests.graph(application.name)
    #expect(ours.name == keras.name && ours.nodes.count == keras.nodes.count)
    for node in keras.nodes {
      guard let index = ours.index(named: node.name) else {
        Issue.record("there is no layer '\(node.name)'")
        continue
      }
      let own = ours.nodes[index]
      #expect(own.layer.kerasName == node.layer.kerasName)
      #expect(own.layer.kerasConfiguration() == node.layer.kerasConfiguration(), "\(node.name)")
      #expect(
        own.inputs.map { ours.nodes[$0.node].name } == node.inputs.map { keras.nodes[$0.node].name }, "\(node.name)")
      #expect(own.role.owner == node.role.owner && own.signature.outputs == node.signature.outputs)
    }
    #expect(ours.kerasLayers.map(\.name) == keras.kerasLayers.map(\.name))
  }

  /// The second Rescaling of Keras's own weights changes nothing else.
  @Test func pretrainedEfficientNetsRescaleTwice() throws {
    let plain = try ApplicationNetworkTests.graph("efficientnetb0")
    let pretrained = try ApplicationNetworkTests.graph("efficientnetb0-imagenet")
    let added = Set(pretrained.nodes.map(\.name)).subtracting(plain.nodes.map(\.name))
    #expect(added == ["rescaling_1"] && pretrained.parameterCount == plain.parameterCount)
  }
}

/// The description of a model by write_applications.py.
private enum Description {
  static let keys = [
    "activation", "axis", "center", "classes", "cropping", "depth_multiplier", "dilation_rate", "epsilon", "filters",
    "groups", "init_values", "keepdims", "kernel_size", "max_value", "mean", "momentum", "noise_shape", "offset",
    "padding", "pool_size", "projection_dim", "rate", "scale", "strides", "target_shape", "units", "use_bias",
    "variance",
  ]

  static func lines(of model: JSONValue, path: String = "") -> [String] {
    (model["config"]["layers"].asArray ?? []).flatMap { layer -> [String] in
      var config = layer["config"].asObject ?? [:]
      // One axis may stand bare or in a list.
      if let axes = config["axis"]?.asArray { config["axis"] = .string(axes.map(text).joined(separator: ",")) }
      let name = path + (config["name"]?.asString ?? "")
      var (lines, values) = ([String](), [String]())
      if config["layers"] != nil {
        lines = self.lines(of: layer, path: name + "/")
      } else {
        values = keys.filter { config[$0] != nil }.map { "\($0)=\(text(config[$0]!))" }
        values += config.keys.sorted().filter { $0.hasSuffix("_initializer") && config[$0] != .null }
          .map { "\($0)=\(text(config[$0]!["class_name"]))" }
      }
      let reads = (layer["inbound_nodes"].asArray ?? []).flatMap { sources($0["args"]) }
      let className = layer["class_name"].asString ?? ""
      return lines + ["\(className) \(name) <- \(reads.joined(separator: ",")) \(values.joined(separator: " "))"]
    }
  }

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let value): String(value)
    case .integer(let value): String(format: "%.6g", Double(value))
    case .number(let value): String(format: "%.6g", value)
    case .string(let value): value
    case .array(let values): "[" + values.map(text).joined(separator: ",") + "]"
    case .object: "{}"
    }
  }

  private static func sources(_ argument: JSONValue) -> [String] {
    if argument["class_name"] == "__keras_tensor__" {
      return [argument["config"]["keras_history"].asArray?.first?.asString ?? ""]
    }
    if let values = argument.asArray { return values.flatMap(sources) }
    return argument == .null ? [] : [text(argument)]
  }
}

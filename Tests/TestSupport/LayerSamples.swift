public import Networks
public import Tensors

/// Every layer that can be named, with arguments and inputs that it takes: so that a new one is tested like all others.
public enum LayerSamples {
  public struct Sample: Sendable, CustomStringConvertible {
    public let className: String
    public let values: [String: JSONValue]
    public let input: Shape
    public let parameters: [Parameter]

    public var description: String { "\(className) \(values.keys.sorted()) of \(input)" }
  }

  /// Arguments that layers may need, or that give them other variables. What a layer does not know, it refuses.
  private static let arguments: [[String: JSONValue]] = [
    [:], ["units": 2], ["filters": 2, "kernel_size": 2], ["kernel_size": 2], ["rate": 0.1], ["stddev": 0.1],
    ["target_shape": [-1]], ["n": 2], ["dims": [1]], ["dims": [2, 1]], ["dims": [3, 1, 2]], ["axes": 1],
    ["input_dim": 9, "output_dim": 2], ["activation": "relu"], ["scale": 0.5], ["factor": 0.1], ["factor": 0.0],
    ["factor": 4],
    ["height_factor": 0.2, "width_factor": 0.1],
    ["height": 4, "width": 4], ["groups": 2], ["survival_probability": 0.5], ["drop_path_rate": 0.1],
    ["init_values": 0.1, "projection_dim": 4], ["renorm": true], ["synchronized": true],
    ["scale": false, "center": false], ["output_size": 1], ["target_height": 4, "target_width": 4], ["depth_radius": 2],
    ["num_tokens": 3], ["num_bins": 3], ["bin_boundaries": [0.0, 0.5]], ["output_sequence_length": 3],
    ["layer": inner("Dense", ["units": 3])], ["layer": inner("Conv2D", ["filters": 3, "kernel_size": 2])],
    ["layer": inner("Conv1D", ["filters": 3, "kernel_size": 2]), "power_iterations": 2],
  ]
  private static let inputs: [Shape] = [[6, 6, 4], [6, 6, 3], [6, 4], [4], [1], [4, 4, 4, 4]]

  private static func inner(_ className: String, _ config: [String: JSONValue]) -> JSONValue {
    .object(["class_name": .string(className), "config": .object(config)])
  }

  /// All that a layer takes of these, with one input.
  public static func samples(of className: String) -> [Sample] {
    arguments.flatMap { values in
      inputs.compactMap { input -> Sample? in
        guard let layer = try? LayerRegistry.layer(className, values),
          let signature = try? layer.signature(of: [input])
        else { return nil }
        return Sample(className: className, values: values, input: input, parameters: signature.parameters)
      }
    }
  }

  /// Those whose layer has states.
  public static let withStates = LayerRegistry.names.flatMap(samples).filter {
    $0.parameters.contains(where: \.isState)
  }

  /// Layers of which nothing can be said, because no arguments here make one that takes an input, or two alike.
  public static let unknown = LayerRegistry.names.filter { className in
    samples(of: className).isEmpty
      && !arguments.contains { values in
        inputs.contains { input in (try? LayerRegistry.layer(className, values).signature(of: [input, input])) != nil }
      }
  }
}

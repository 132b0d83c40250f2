public import Tensors

/// A chain of layers, written one below the other:
///
///     let graph = try Sequential("lenet5", input: [28, 28, 1]) {
///       Conv2D(6, kernel: 5, padding: .same, activation: .tanh)
///       AveragePooling2D()
///       Flatten()
///       Dense(10).named("logits")
///     }.graph()
public struct Sequential: Sendable {
  /// A layer and the name it was given, if any.
  public struct Entry: Sendable {
    let layer: any Layer
    let name: String?
  }

  @resultBuilder public enum Builder {
    public static func buildExpression(_ layer: any Layer) -> [Entry] { [Entry(layer: layer, name: nil)] }
    public static func buildExpression(_ entry: Entry) -> [Entry] { [entry] }
    public static func buildBlock(_ parts: [Entry]...) -> [Entry] { parts.flatMap(\.self) }
    public static func buildOptional(_ part: [Entry]?) -> [Entry] { part ?? [] }
    public static func buildEither(first part: [Entry]) -> [Entry] { part }
    public static func buildEither(second part: [Entry]) -> [Entry] { part }
    public static func buildArray(_ parts: [[Entry]]) -> [Entry] { parts.flatMap(\.self) }
  }

  public let name: String
  public let input: Shape
  public let entries: [Entry]

  public init(_ name: String, input: Shape, @Builder _ layers: () -> [Entry]) {
    (self.name, self.input, entries) = (name, input, layers())
  }

  public func graph() throws(ShapeError) -> Graph {
    var graph = Graph(name: name, isSequential: true)
    var names = LayerNames()
    let first = Input(input)
    var value = try graph.append(first, named: names.next(for: first, wanted: nil), inputs: [])
    for entry in entries {
      value = try graph.append(entry.layer, named: names.next(for: entry.layer, wanted: entry.name), inputs: [value])
    }
    graph.setOutputs([value])
    return graph
  }
}

extension Layer {
  public func named(_ name: String) -> Sequential.Entry { Sequential.Entry(layer: self, name: name) }
}

import Kernels

extension Graph {
  /// The role of a node: its common parts with others, and how its layer is used.
  public struct Role: Hashable, Sendable {
    /// The layer's path: the names of the models it is in and its own, with "/" between them.
    public var owner: String
    /// Keras's `trainable: false`, of the layer or of a model around it: the parameters do not move.
    public var isFrozen = false
    /// Called with `training=False`.
    public var isAtInference = false
    /// The call of a nested model that the node belongs to; nil in the graph itself.
    public var scope: Int?
    /// The strips that the planner has cut each image into: so many lanes it takes here. Nil where it is whole.
    var strips: Strips?

    public init(owner: String, isFrozen: Bool = false, isAtInference: Bool = false, scope: Int? = nil) {
      (self.owner, self.isFrozen, self.isAtInference, self.scope) = (owner, isFrozen, isAtInference, scope)
    }
  }

  /// A model inside the model.
  public struct Submodel: Hashable, Sendable {
    /// Among the layers of the model it is in.
    public let name: String
    /// The names of the models it is in and its own, with "/" between them.
    public let path: String
    public let isSequential: Bool
    /// The model it is in; nil for the graph itself.
    public let parent: Int?

    public init(name: String, path: String, isSequential: Bool, parent: Int?) {
      (self.name, self.path, self.isSequential, self.parent) = (name, path, isSequential, parent)
    }
  }

  /// One call of a nested model.
  public struct Scope: Hashable, Sendable {
    public let submodel: Int
    /// Which call of the model, inside one call of the model around it; from 0.
    public let call: Int
    /// The call of the model around it; nil for the graph itself.
    public let parent: Int?
    /// Called with `training=False`, or inside such a call.
    public let isAtInference: Bool
    /// The nodes of its Input layers, in the order of its arguments.
    public internal(set) var inputs: [Value] = []
    public internal(set) var outputs: [Value] = []

    public init(submodel: Int, call: Int, parent: Int?, isAtInference: Bool = false) {
      (self.submodel, self.call, self.parent, self.isAtInference) = (submodel, call, parent, isAtInference)
    }
  }

  /// The name of the layer in the model it belongs to.
  public func localName(of node: Node) -> String {
    guard let scope = node.role.scope else { return node.owner }
    return String(node.owner.dropFirst(submodels[scopes[scope].submodel].path.count + 1))
  }

  /// The nested model that the node belongs to; nil for the graph itself.
  public func submodel(of node: Node) -> Int? { node.role.scope.map { scopes[$0].submodel } }
}

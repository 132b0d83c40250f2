/// A layer's configuration cannot be understood or is not supported. One sentence.
public struct ImportError: Error, CustomStringConvertible, Hashable, Sendable {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// A layer cannot take inputs of the given shapes. One sentence.
public struct ShapeError: Error, CustomStringConvertible, Hashable, Sendable {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// A graph cannot be planned. One sentence.
public struct PlanError: Error, CustomStringConvertible, Hashable, Sendable {
  public let description: String

  public init(_ description: String) { self.description = description }
}

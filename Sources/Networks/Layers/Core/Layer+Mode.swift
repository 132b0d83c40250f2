extension Layer {
  /// Whether the layer runs otherwise in training than at inference, for its statistics or for what it draws at random.
  public var dependsOnMode: Bool { self is BatchNormalization || type(of: atInference()) != type(of: self) }
}

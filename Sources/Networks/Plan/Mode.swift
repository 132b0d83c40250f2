/// What a plan is for.
public enum Mode: String, Sendable, CaseIterable {
  case training
  case inference
}

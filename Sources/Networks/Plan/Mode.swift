/// The purpose of a plan.
public enum Mode: String, Sendable, CaseIterable {
  case training
  case inference
}

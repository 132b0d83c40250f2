/// The kind of object that a path in a file leads to.
public enum ObjectKind: String, Sendable {
  case group, dataset, datatype
}

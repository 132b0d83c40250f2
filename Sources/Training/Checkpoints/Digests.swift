import Digests
public import Networks

extension Weights {
  /// SHA-256 of all weights and batch-norm statistics: the bytes of every parameter in Keras's order and layout.
  public func digest() -> String {
    let hash = SHA256()
    for entry in table.entries { hash.update(self[entry]) }
    return hash.finish()
  }
}

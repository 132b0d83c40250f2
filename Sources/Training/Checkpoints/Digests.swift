import Digests
public import Networks
import Tensors

extension Weights {
  /// SHA-256 of all weights and batch-norm statistics: the bytes of every parameter in Keras's order and layout.
  public func digest() -> String {
    let hash = SHA256()
    for entry in table.entries { hash.update(self[entry]) }
    return hash.finish()
  }
}

/// SHA-256 of the optimizer's slots, one after the other.
func digest(of slots: [Buffer]) -> String {
  let hash = SHA256()
  for slot in slots { hash.update(slot) }
  return hash.finish()
}

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

/// SHA-256 of the optimizer's slots, one after the other, each in Keras's order.
func digest(of slots: [Buffer], _ table: ParameterTable) -> String {
  let hash = SHA256()
  for slot in slots {
    for entry in table.entries where entry.parameter.kind == .trainable { hash.update(slot[entry.range]) }
  }
  return hash.finish()
}

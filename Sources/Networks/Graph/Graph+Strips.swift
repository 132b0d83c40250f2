import Kernels
import Tensors

extension Graph {
  /// The same graph with images cut into strips wherever layers allow that and it is worth the copies at its ends.
  ///
  /// What looks at a whole image, such as a loss, gets it joined again. Every sum has the same terms as before, most in
  /// another order.
  ///
  /// - Parameter keeping: layers whose own outputs are wanted.
  func cut(into strips: Strips, keeping: Set<String>) -> Graph {
    let layers = StripLayers(self, strips, keeping: keeping)
    var result = Graph(name: self.name, isSequential: isSequential)
    var (whole, parts): ([Value: Value], [Value: Value]) = ([:], [:])
    var halos: [Value: [Strips.Halo: Value]] = [:]

    /// A name that neither graph has.
    func name(_ value: Value, _ ending: String) -> String {
      var name = "\(nodes[value.node].name)/\(ending)"
      while index(named: name) != nil || result.index(named: name) != nil { name += "_" }
      return name
    }
    func image(_ value: Value) -> Value {
      if let image = whole[value] { return image }
      let image = result.mustAppend(
        FromStrips(strips: strips), named: name(value, "joined"), inputs: [parts[value]!])
      whole[value] = image
      return image
    }
    func strip(_ value: Value, with halo: Strips.Halo) -> Value {
      if parts[value] == nil {
        parts[value] = result.mustAppend(
          ToStrips(strips: strips), named: name(value, "strips"), inputs: [whole[value]!], strips: strips.count)
      }
      guard halo.before + halo.after > 0 else { return parts[value]! }
      if let wide = halos[value]?[halo] { return wide }
      let wide = result.mustAppend(
        HaloExchange(strips: strips, halo: halo), named: name(value, "halo"), inputs: [parts[value]!],
        strips: strips.count)
      halos[value, default: [:]][halo] = wide
      return wide
    }

    for (index, node) in nodes.enumerated() {
      let form = layers[index]
      var role = node.role
      if form != nil { role.strips = strips.count }
      let new = result.mustAppend(
        form?.layer ?? node.layer, named: node.name,
        inputs: node.inputs.map { form == nil ? image($0) : strip($0, with: form!.halo) }, role: role)
      for output in node.signature.outputs.indices {
        let (old, value) = (Value(node: index, output: output), Value(node: new.node, output: output))
        if form == nil { whole[old] = value } else { parts[old] = value }
      }
    }
    result.setInputs(inputs.map { whole[$0]! })
    result.setOutputs(outputs.map(image))
    result.predictions = predictions.map(image)
    return result
  }

  private mutating func mustAppend(
    _ layer: any Layer, named name: String, inputs: [Value], strips: Int
  ) -> Value {
    var role = Role(owner: name)
    role.strips = strips
    return mustAppend(layer, named: name, inputs: inputs, role: role)
  }
}

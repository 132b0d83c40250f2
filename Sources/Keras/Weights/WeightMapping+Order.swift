import Networks

extension WeightMapping {
  /// What a person should know although all fits.
  public var notices: [String] { [orderNotice, auxiliaryNotice].compactMap(\.self) }

  /// A sentence where the file has a classifier that only helps training.
  private var auxiliaryNotice: String? {
    guard let first = auxiliary.first else { return nil }
    let name = first.name.prefix { $0 != "." }
    return
      "\(file): the auxiliary classifier '\(name)' is left out: it only helps training, and what the network gives "
      + "does not depend on it."
  }

  /// A sentence where layers were matched by their places alone and the numbers in the file's names fall from one to
  /// the next: all fits, and yet the layers may be in another order. Nil where nothing speaks against it.
  private var orderNotice: String? {
    var last: [Substring: (number: Int, name: Substring)] = [:]
    for match in matches where match.reason == .position {
      let name = WeightMapping.layerName(match.source.name)
      guard let parts = name.wholeMatch(of: /(.*?)(\d+)/), let number = Int(parts.2) else { continue }
      if let before = last[parts.1], before.number > number {
        return "\(file): the weights are matched by their order alone, and the numbers in their names fall "
          + "('\(before.name)' comes before '\(name)', which becomes '\(match.target.layer)'): compare what the model "
          + "computes with the program that trained it."
      }
      last[parts.1] = (number, name)
    }
    return nil
  }

  /// The part of an array's name that says the layer. PyTorch counts anew in each module, so that the path belongs to
  /// it.
  private static func layerName(_ name: String) -> Substring {
    guard name.contains("/") else { return name[..<(name.lastIndex(of: ".") ?? name.endIndex)] }
    return name.split(separator: "/").dropLast().last ?? ""
  }
}

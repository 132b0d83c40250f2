import Tensors

/// A source whose texts have room for as many bytes as those of other data.
package struct WidenedSource: WrappingSource {
  package let base: any DataSource
  package let columns: [Column]

  /// - Parameter capacities: of columns of texts, by name.
  private init(_ base: any DataSource, _ capacities: [String: Int]) {
    self.base = base
    columns = base.columns.map { column in
      var column = column
      if column.kind == .text { column.shape = column.shape.with(channels: capacities[column.name]!) }
      return column
    }
  }

  /// The same sources with room for the longest text of any of them.
  package static func alike(_ sources: [(any DataSource)?]) -> [(any DataSource)?] {
    var capacities: [String: Int] = [:]
    for column in sources.compactMap({ $0?.columns }).joined() where column.kind == .text {
      capacities[column.name] = max(capacities[column.name] ?? 0, column.shape.channels)
    }
    return sources.map { source in
      let differs = source?.columns.contains { $0.kind == .text && $0.shape.channels != capacities[$0.name] }
      return differs == true ? WidenedSource(source!, capacities) : source
    }
  }

  package func number(_ place: Int, of column: Int, at index: Int) -> Double {
    let (own, inner) = (columns[column].shape, base.columns[column].shape)
    guard own != inner else { return base.number(place, of: column, at: index) }
    let (text, byte) = (place / own.channels, place % own.channels)
    return byte < inner.channels ? base.number(text * inner.channels + byte, of: column, at: index) : 0
  }
}

import Tensors

extension Preparation {
  /// The numbers of a column before they were prepared for the network, as its source stores them.
  ///
  /// - Parameter numbers: as the network takes them, row-major with channels last.
  package func stored(_ numbers: [Float], of column: Int) -> [Float] {
    let arithmetic = arithmetic[column]
    let channels = columns[column].shape.channels
    return numbers.indices.map { place in
      let channel = place % channels
      let taken = arithmetic.reversesChannels ? channels - 1 - channel : channel
      return (numbers[place - channel + taken] - arithmetic.offsets[taken]) / arithmetic.factors[taken]
    }
  }
}

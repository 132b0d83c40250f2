import CHDF5

/// A dataspace of the library: a shape, and which part of it a transfer touches.
struct Dataspace {
  let handle: Handle

  init(ofDataset dataset: Handle) throws(LibraryFailure) { handle = try Handle { H5Dget_space($0[dataset]) } }

  init(ofAttribute attribute: Handle) throws(LibraryFailure) { handle = try Handle { H5Aget_space($0[attribute]) } }

  /// - Parameter growable: whether rows can be added later.
  init(shape: [Int], growable: Bool = false) throws(LibraryFailure) {
    let dimensions = shape.map(hsize_t.init)
    var maximum = dimensions
    if growable { maximum[0] = CHDF5_unlimited() }
    // Rank 0 makes a scalar.
    handle = try Handle { _ in unsafe H5Screate_simple(Int32(shape.count), dimensions, maximum) }
  }

  /// Sizes as the file declares them; they may be absurd. Empty for a scalar, `[0]` for the null space, which holds
  /// nothing.
  var dimensions: [UInt64] {
    get throws(LibraryFailure) {
      if try Library.call({ H5Sget_simple_extent_type($0[handle]).rawValue }) == H5S_NULL.rawValue { return [0] }
      let rank = try Library.call { H5Sget_simple_extent_ndims($0[handle]) }
      var dimensions = [hsize_t](repeating: 0, count: Int(rank))
      try Library.call { unsafe H5Sget_simple_extent_dims($0[handle], &dimensions, nil) }
      return dimensions
    }
  }

  /// Limits transfers to some rows, of all that `shape` has.
  func select(rows: Range<Int>, of shape: [Int]) throws(LibraryFailure) {
    var start = [hsize_t](repeating: 0, count: shape.count)
    var count = shape.map(hsize_t.init)
    (start[0], count[0]) = (hsize_t(rows.lowerBound), hsize_t(rows.count))
    try Library.call { unsafe H5Sselect_hyperslab($0[handle], H5S_SELECT_SET, start, nil, count, nil) }
  }
}

/// Arrays by name, each with a row for each sample: a group of an HDF5 file, an archive or a folder of NumPy arrays.
protocol ArrayGroup {
  /// For messages.
  var location: String { get }
  /// Names of the images and of their classes, where nobody says others.
  var usualNames: (images: String, labels: String) { get }
  /// Of the classes by number; empty where nothing says them.
  var classNames: [String] { get throws(DataError) }
  /// Of all arrays.
  var names: [String] { get throws(DataError) }

  func contains(_ name: String) -> Bool

  func array(_ name: String) throws(DataError) -> any SampleArray
}

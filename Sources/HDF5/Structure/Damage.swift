/// A fault that makes a file unfit for the library, found before the library has seen it.
struct Damage: Error {
  /// `the object header at byte 96 ...`.
  let text: String
  /// What to do other than copying the file again.
  var advice: String?

  /// Where a checksum stands that is not the right one, and which would be.
  var checksum: (place: Int, value: UInt32)?

  init(_ text: String, advice: String? = nil, checksum: (place: Int, value: UInt32)? = nil) {
    (self.text, self.advice, self.checksum) = (text, advice, checksum)
  }
}

/// What makes a file unfit for the library, before the library has seen it.
struct Damage: Error {
  /// `the object header at byte 96 ...`.
  let text: String
  /// What to do other than copying the file again.
  var advice: String?

  init(_ text: String, advice: String? = nil) { (self.text, self.advice) = (text, advice) }
}

/// One thing that was looked at, and what to do about it.
struct Finding {
  let subject: String
  let fact: String
  /// A sentence; nil where all is well.
  var advice: String?
}

/// A C call that failed, before it is known which file and object it was about.
struct LibraryFailure: Error {
  /// The library's descriptions, the most specific first.
  let stack: [String]

  /// The most specific description.
  var text: String { stack.first ?? "the library gave no reason" }
}

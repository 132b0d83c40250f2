/// A configuration that cannot be used: one sentence that says where, what, and what to do.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  /// - Parameters:
  ///   - place: the file with the line, or the option.
  ///   - problem: what is wrong there.
  init(_ place: String, _ problem: String) { description = "\(place): \(problem)" }
}

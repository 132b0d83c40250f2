import Synchronization

/// Data sources of programs that use Convoy, by the names that recipes call them: `own:NAME`.
public enum SourceRegistry {
  /// Makes a source for what a network wants.
  public typealias Opener = @Sendable (SourceOptions) throws(DataError) -> any DataSource

  private static let prefix = "own:"
  private static let openers = Mutex<[String: Opener]>([:])

  /// Makes a source known.
  ///
  /// - Parameter open: called on every rank, with what the network takes.
  public static func register(_ name: String, _ open: @escaping Opener) { openers.withLock { $0[name] = open } }

  /// Nil where a location is none of a program's own.
  static func open(_ location: String, _ options: SourceOptions) throws(DataError) -> (any DataSource)? {
    guard location.hasPrefix(prefix) else { return nil }
    let name = String(location.dropFirst(prefix.count))
    guard let open = openers.withLock({ $0[name] }) else {
      throw DataError(
        location, "names a source of a program's own, but none is registered under that name",
        remedy: "call SourceRegistry.register before the run")
    }
    return try open(options)
  }
}

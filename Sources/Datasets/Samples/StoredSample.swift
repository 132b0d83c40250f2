/// A sample as it is stored, before anything is made of it: what tells whether data is the same as at another time.
public struct StoredSample: Hashable, Sendable {
  /// The place of its file in the folder; empty where samples are numbers in one file.
  public let name: String
  /// Bytes.
  public let size: Int
  /// When its file was last changed, in nanoseconds since 1970; 0 where it has no file of its own.
  public let modified: Int

  public init(name: String = "", size: Int, modified: Int = 0) {
    (self.name, self.size, self.modified) = (name, size, modified)
  }
}

/// Paths as HDF5 understands them: slashes that are doubled or at the end, and single dots, say nothing.
public enum ObjectPath {
  /// The names on the way. Bytes decide: a letter that joins with a slash to one character hides it from nobody.
  public static func names(in path: String) -> [Substring] {
    path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }.filter { $0 != "." }
  }

  /// The one way to write a path from a group: `a/b` for `/a//./b/`; empty where it leads nowhere.
  public static func canonical(_ path: String) -> String { names(in: path).joined(separator: "/") }
}

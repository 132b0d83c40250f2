import CHDF5

/// Where a path leads.
enum Finding {
  case found(Location)
  /// The last group that exists on the way, and the names that do not.
  case missing(in: Location, remaining: [Substring])
}

extension Location {
  private static let mostSoftLinks = 16

  /// Follows a path link by link, so that nothing outside this file is ever opened. Absolute paths start at the root.
  func find(_ path: String) throws(HDF5Error) -> Finding {
    try requireNoNUL([path])
    var here = path.hasPrefix("/") ? file.root.location : self
    var pending = ObjectPath.names(in: path)
    var softLinks = 0
    while let name = pending.first {
      guard here.kind == .group else {
        throw failure("'\(here.path)' is a \(here.kindName), not a group, so there is no '\(path)': check the path")
      }
      let child = here.path == "/" ? "/\(name)" : "\(here.path)/\(name)"
      guard
        try here.inspect({ () throws(LibraryFailure) in
          try Library.call { unsafe H5Lexists($0[here.handle], String(name), CHDF5_default()) } > 0
        })
      else {
        guard softLinks == 0 else {
          throw failure(
            "'\(path)' leads through a soft link to '\(child)', which does not exist: put the data there"
          )
        }
        return .missing(in: here, remaining: pending)
      }
      pending.removeFirst()
      var targetBytes = 0
      let link = try here.inspect { () throws(LibraryFailure) in
        try Library.call { unsafe CHDF5_link_kind($0[here.handle], String(name), &targetBytes) }
      }
      switch link {
      case H5L_TYPE_HARD.rawValue:
        let handle = try here.inspect { () throws(LibraryFailure) in
          try here.handle.open(String(name), file: file.handle)
        }
        here = Location(file: file, handle: handle, path: child)
      case H5L_TYPE_SOFT.rawValue:
        guard file.followsSoftLinks else {
          throw failure("'\(child)' is a soft link, which must not be here: copy the data itself into its place")
        }
        softLinks += 1
        guard softLinks <= Location.mostSoftLinks else {
          throw failure(
            "'\(path)' leads through more than \(Location.mostSoftLinks) soft links: copy the data itself into the file"
          )
        }
        let target = try here.softLinkTarget(of: String(name), byteCount: targetBytes)
        pending = ObjectPath.names(in: target) + pending
        if target.hasPrefix("/") { here = file.root.location }
      default:
        throw failure("'\(child)' is an external link, which leads out of the file: copy the data itself into the file")
      }
    }
    return .found(here)
  }

  /// What the sentence about a missing object says about where it looked.
  func contents() throws(HDF5Error) -> String {
    let names = try Group(location: self).names()
    let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    let rest = names.count > 8 ? " and \(names.count - 8) more" : ""
    return names.isEmpty ? "the group '\(path)' is empty" : "the group '\(path)' holds \(shown)\(rest)"
  }

  /// The file must not close before the call.
  var kind: ObjectKind? { withExtendedLifetime(file) { handle.kind } }

  var kindName: String { kind?.rawValue ?? "unknown object" }

  private func softLinkTarget(of name: String, byteCount: Int) throws(HDF5Error) -> String {
    var target = [CChar](repeating: 0, count: byteCount + 1)
    try inspect { () throws(LibraryFailure) in
      try Library.call { unsafe H5Lget_val($0[handle], name, &target, byteCount, CHDF5_default()) }
    }
    return String(decoding: target.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

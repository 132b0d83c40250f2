import HDF5
import Testing

@Suite struct GroupTests {
  @Test func groupsNestAndList() throws {
    try withTemporaryFile { path in
      let root = try File(creating: path).root
      let inner = try root.createGroup("fire2/squeeze1x1")
      #expect(inner.path == "/fire2/squeeze1x1")
      try inner.write("fire2/squeeze1x1_W:0", [1, 2] as [Float])
      try inner.write("/top", [3] as [Float])
      #expect(try root.createGroup("fire2").names() == ["squeeze1x1"])
      #expect(try root.names() == ["fire2", "top"])
      #expect(try root.group("fire2").dataset("squeeze1x1//./fire2/squeeze1x1_W:0").read(Float.self) == [1, 2])
      #expect(try root.kind(of: "fire2") == .group && root.kind(of: "/top") == .dataset)
      #expect(try root.kind(of: "fire3/x") == nil && !root.contains("fire3") && root.contains("/"))
      #expect(try inner.contains("/top") && !inner.contains("top"))
      #expect(problem { try root.write("top", [1] as [Float]) } == "'/top' exists already: choose another name")
      #expect(problem { try root.createGroup("top") } == "'/top' is a dataset, not a group: choose another name")
      #expect(
        problem { try root.createGroup("top/x") }
          == "'/top' is a dataset, not a group, so there is no 'top/x': check the path")
      #expect(problem { try root.createGroup("a\0b") } == "the text 'ab' contains a NUL character: remove it")
    }
  }

  @Test func membersComeInTheOrderTheFileRecorded() throws {
    #expect(try File(reading: fixture("order.h5")).root.names() == ["zebra", "apple", "mango"])
    #expect(try File(reading: fixture("chunked.h5")).root.names() == ["all", "gzip", "plain"])
  }

  @Test func missingObjectsAreNamedWithWhatIsThere() throws {
    let file = try File(reading: fixture("chunked.h5"))
    #expect(
      problem { try file.root.dataset("train/images") }
        == "no dataset '/train/images'; the group '/' holds 'all', 'gzip', 'plain'")
    #expect(problem { try file.root.group("plain") } == "'/plain' is a dataset, not a group")
    #expect(
      problem { try file.root.dataset("plain/x") }
        == "'/plain' is a dataset, not a group, so there is no 'plain/x': check the path")
    let types = try File(reading: fixture("types.h5"))
    #expect(
      problem { try types.root.group("integer").dataset("f8") }
        == "no dataset '/integer/f8'; the group '/integer' holds "
        + "'<i1', '<i2', '<i4', '<i8', '<u1', '<u2', '<u4', '<u8' and 3 more"
    )
    #expect(
      problem { try types.root.dataset("scalar") }
        == "'/scalar' is a group, not a dataset; the group '/scalar' holds 'float', 'integer'")
    #expect(problem { try file.root.write("new", [1] as [Float]) }.hasPrefix("'/new' cannot be made ("))
  }

  @Test func softLinksStayInTheFileAndOthersAreRefused() throws {
    let root = try File(reading: fixture("links.h5")).root
    for path in ["alias", "folder/x", "data/sibling", "folder/sibling"] {
      let dataset = try root.dataset(path)
      #expect(try dataset.path == "/data/x" && dataset.read(Double.self) == [0, 1, 2])
    }
    #expect(
      problem { try root.dataset("dangling") }
        == "'dangling' leads through a soft link to '/nowhere', which does not exist: put the data there"
    )
    #expect(problem { try root.dataset("loop") }.hasPrefix("'loop' leads through more than 16 soft links"))
    for path in ["outside", "detour"] {
      #expect(
        problem { try root.dataset(path) }
          == "'/outside' is an external link, which leads out of the file: copy the data itself into the file")
      #expect(throws: HDF5Error.self) { try root.contains(path) }
    }
    #expect(problem { try root.dataset("stored outside") }.contains("external storage"))
    #expect(problem { try File(reading: fixture("virtual.h5")) }.hasPrefix("a dataset is a virtual dataset"))
  }

  @Test func absurdShapesAreRefusedBeforeAnythingIsAllocated() throws {
    let root = try File(reading: fixture("huge.h5")).root
    let contiguous = try root.dataset("contiguous")
    #expect(
      problem { try contiguous.read(Float.self) }.contains(
        "declares 68719476736 bytes, more than this file of 2216 bytes can hold"))
    #expect(throws: HDF5Error.self) { try root.dataset("compressed").read(UInt8.self) }
    #expect(problem { try root.dataset("overflow") }.contains("more than any memory holds"))
    var row = [Float](repeating: 0, count: 1)
    #expect(
      problem {
        var span = row.mutableSpan
        try root.dataset("chunk").read(rows: 0..<1, into: &span)
      }.hasPrefix("a chunk of '/chunk' declares 1073741824 bytes"))
    let small = try File(reading: fixture("chunked.h5")).root.dataset("all")
    #expect(
      problem { try small.read(Float.self, limit: 479) }
        == "'/all' of shape [20, 6] takes 480 bytes, over the limit of 479: read it in parts")
    #expect(try small.read(Float.self, limit: 480).count == 120)
  }
}

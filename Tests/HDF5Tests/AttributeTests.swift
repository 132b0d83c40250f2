import HDF5
import Testing

@Suite struct AttributeTests {
  @Test func attributesWrittenByH5pyAreRead() throws {
    let attributes = try File(reading: fixture("strings.h5")).root.attributes
    #expect(try attributes.string("variable") == "grün")
    #expect(try attributes.string("fixed") == "conv2d")
    #expect(try attributes.strings("fixed") == ["conv2d"])
    #expect(try attributes.strings("variable list") == ["a", "bc", "", "grün"])
    #expect(try attributes.strings("fixed list") == ["a", "bcd", "", "ef"])
    #expect(try attributes.strings("spaces") == ["ab", "c"])
    #expect(try attributes.strings("terminated") == ["ab", "c"])
    #expect(try attributes.strings("no names") == [])
    #expect(try attributes.elementType("no names") == .float64)
    #expect(try attributes.string("long") == String(repeating: "0123456789", count: 7000))
    #expect(try attributes.value("number", as: Int64.self) == 3)
    #expect(try attributes.value("number", as: Float.self) == 3)
    #expect(try attributes.value("rate", as: Double.self) == 0.5)
    #expect(try attributes.values("sizes", as: Int64.self) == [1, 2, 3])
    #expect(try attributes.values("matrix", as: Float.self) == [1, 2, 3, 4])
    #expect(try attributes.shape("matrix") == [2, 2] && attributes.shape("variable") == [])
    #expect(try attributes.names().first == "fixed")
    #expect(try attributes.names().count == 13)
    #expect(try File(reading: fixture("v110.h5")).root.attributes.string("name") == "v110")
  }

  @Test func wrongAttributesAreErrors() throws {
    let file = try File(reading: fixture("strings.h5"))
    let attributes = file.root.attributes
    #expect(problem { try attributes.string("absent") }.hasPrefix("'/' has no attribute 'absent'; it has 'fixed', "))
    #expect(
      problem { try file.root.dataset("fixed").attributes.string("x") } == "'/fixed' has no attribute 'x'; it has none")
    #expect(
      problem { try attributes.string("latin") }
        == "attribute 'latin' of '/' holds text that is not UTF-8: write it again as UTF-8")
    #expect(
      problem { try attributes.string("fixed list") }.hasPrefix(
        "attribute 'fixed list' of '/' holds 4 strings, not one"))
    #expect(problem { try attributes.strings("number") }.contains("holds elements of type int64, not strings"))
    #expect(
      problem { try attributes.values("fixed", as: Float.self) }.contains("holds elements of type string, not numbers"))
    #expect(problem { try attributes.value("sizes", as: Int64.self) }.contains("holds 3 numbers, not one"))
    #expect(problem { try attributes.set("new", "x") }.hasPrefix("attribute 'new' of '/' cannot be written ("))
  }

  @Test func stringsMakeTheRoundTrip() throws {
    try withTemporaryFile { path in
      let long = String(repeating: "{\"class_name\": \"Conv2D\"} ", count: 50_000)
      do {
        let root = try File(creating: path).root
        let attributes = try root.createGroup("model_weights").attributes
        #expect(try attributes.names() == [])
        try attributes.set("model_config", long)
        try attributes.set("empty", "")
        try attributes.set("layer_names", ["conv2d", "batch_normalization", ""])
        try attributes.set("greek", ["αβγ", "δ"])
        try attributes.set("nothing", [String]())
        try attributes.set("blank", ["", ""])
        try attributes.set("replaced", "before")
        try attributes.set("replaced", [1, 2] as [Int64])
        try root.write("x", [1] as [Float]).attributes.set("name", "kernel")
      }
      let root = try File(reading: path).root
      let attributes = try root.group("model_weights").attributes
      #expect(try attributes.string("model_config") == long)
      #expect(try attributes.string("empty") == "")
      #expect(try attributes.strings("layer_names") == ["conv2d", "batch_normalization", ""])
      #expect(try attributes.strings("greek") == ["αβγ", "δ"])
      #expect(try attributes.strings("nothing") == [])
      #expect(try attributes.shape("nothing") == [0] && attributes.elementType("nothing") == .float64)
      #expect(try attributes.strings("blank") == ["", ""])
      #expect(try attributes.values("replaced", as: Int64.self) == [1, 2])
      #expect(try attributes.contains("blank") && !attributes.contains("absent"))
      #expect(try root.dataset("x").attributes.string("name") == "kernel")
    }
  }

  @Test func listsUpToTheLimitOfKerasFit() throws {
    try withTemporaryFile { path in
      let attributes = try File(creating: path).root.attributes
      let names = [String](repeating: String(repeating: "n", count: 63), count: 1024)
      try attributes.set("fits", names)
      #expect(try attributes.strings("fits") == names)
      let text = problem { try attributes.set("long", names + names) }
      #expect(text.hasPrefix("attribute 'long' of '/' cannot be written (") && text.contains("keep lists under 64 KiB"))
      #expect(problem { try attributes.set("nul", "a\0b") } == "the text 'ab' contains a NUL character: remove it")
    }
  }
}

import ConvoyCommand
import Networks
import Testing

@Suite struct YAMLDocumentTests {
  @Test(arguments: [
    ("5", JSONValue.integer(5)), ("5.0e-4", .number(5e-4)), ("5e-4", .number(5e-4)), ("-1", .integer(-1)),
    ("0.1", .number(0.1)),
    ("true", .bool(true)), ("null", .null), ("", .null), ("1 epoch", .string("1 epoch")), ("1/255", .string("1/255")),
    ("'5'", .string("5")), ("data/digits.h5:/train", .string("data/digits.h5:/train")),
    ("99999999999999999999", .number(1e20)), ("[1, a]", .array([.integer(1), .string("a")])),
    ("{a: {b: 1}}", .object(["a": .object(["b": .integer(1)])])), ("2001-12-14", .string("2001-12-14")),
  ])
  func values(_ text: String, _ expected: JSONValue) throws {
    #expect(try YAMLDocument(text).value == expected)
  }

  @Test func linesOfKeysAndElements() throws {
    let document = try YAMLDocument("a: 1\nb:\n  c:\n    - x\n    - y\n")
    #expect(document.lines[["a"]] == 1)
    #expect(document.lines[["b"]] == 2)
    #expect(document.lines[["b", "c"]] == 3)
    #expect(document.lines[["b", "c", "1"]] == 5)
  }

  @Test(arguments: [("a: 1\nb: [1\n", 3), ("a: 1\na: 2\n", 1), ("a: *x\n", 1), ("a:\n\t- 1\n", 2)])
  func problems(_ text: String, _ line: Int) throws {
    let problem = #expect(throws: YAMLDocument.Problem.self) { try YAMLDocument(text) }
    #expect(problem?.line == line)
  }

  /// Nine places of nine each, nine deep: 387 million values, or a key that takes as long to compare.
  @Test(arguments: ["all: *a8", "? *a8\n: 1"]) func referencesThatMultiply(_ last: String) {
    let levels = (1...8).map {
      "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ", "))]\n"
    }
    let problem = #expect(throws: YAMLDocument.Problem.self) {
      try YAMLDocument("a0: &a0 [x, x, x, x, x, x, x, x, x]\n\(levels.joined())\(last)\n")
    }
    #expect(problem?.text.hasPrefix("it refers to other places ('*name') more than 16 times") == true)
  }

  @Test func fewReferencesAreFollowed() throws {
    #expect(try YAMLDocument("a: &x [1, 2]\nb: *x\n").value["b"] == .array([.integer(1), .integer(2)]))
  }

  @Test func valuesWithoutEnd() {
    let problem = #expect(throws: YAMLDocument.Problem.self) {
      try YAMLDocument("[\(String(repeating: "1, ", count: 100_001))]")
    }
    #expect(problem?.text == "it holds more than 100000 values")
  }
}

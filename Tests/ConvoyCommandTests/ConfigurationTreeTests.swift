import ConvoyCommand
import Networks
import Testing

@Suite struct ConfigurationTreeTests {
  private func tree(_ text: String, _ overrides: String...) throws -> ConfigurationTree {
    var tree = try ConfigurationTree(name: "a.yaml", text: text)
    for override in overrides { try tree.set(override) }
    return tree
  }

  @Test func overridesReplaceAndMakeGroups() throws {
    let tree = try tree("a: {b: 1, c: [1, 2]}", "a.b=2", "a.c.1=x", "d.e.f={g: true}", "h=")
    #expect(tree.value["a"]["b"] == 2)
    #expect(tree.value["a"]["c"] == [1, "x"])
    #expect(tree.value["d"]["e"]["f"]["g"] == true)
    #expect(tree.value.asObject?["h"] == .null)
  }

  @Test func valuesMayHoldEqualSigns() throws {
    #expect(try tree("a: 1", "a=b=c").value["a"] == "b=c")
  }

  @Test func originsFollowTheLastWriter() throws {
    let tree = try tree("a:\n  b: 1\n  c: 2\n", "a.b=5")
    #expect(tree.place(of: ["a", "b"]) == "--set a.b=5")
    #expect(tree.place(of: ["a", "c"]) == "a.yaml:3")
    #expect(tree.place(of: ["a", "absent"]) == "a.yaml:1")
    #expect(try self.tree("a:\n  b: 1\n", "a={b: 2}").place(of: ["a", "b"]) == "--set a={b: 2}")
  }

  @Test(arguments: [
    ("a", "--set a: there is no value; write --set path=value, such as --set optimizer.rate=0.1."),
    ("=1", "--set =1: there is no value; write --set path=value, such as --set optimizer.rate=0.1."),
    ("a..b=1", "--set a..b=1: a key of the path is empty; write --set path=value, such as --set optimizer.rate=0.1."),
    ("name.x=1", "--set name.x=1: 'name' is 'sgd' and has no keys; set it as a whole: --set 'name={key: value, ...}'."),
    ("list.2=1", "--set list.2=1: 'list' is a list of 2; use a number below 2 or set the whole list."),
  ])
  func badOverrides(_ override: String, _ message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try tree("name: sgd\nlist: [1, 2]\n", override) }
    #expect(error?.description == message)
  }

  @Test func overridesThatAreNotYAML() throws {
    let error = #expect(throws: ConfigurationError.self) { try tree("a: 1", "a=[1") }
    #expect(error?.description.hasPrefix("--set a=[1: the value is not YAML: ") == true)
  }

  @Test func emptyAndBrokenFiles() throws {
    let empty = #expect(throws: ConfigurationError.self) { try tree("# nothing\n") }
    #expect(empty?.description == "a.yaml: the file is empty; give at least 'model' and 'data'.")
    let broken = #expect(throws: ConfigurationError.self) { try tree("a: 1\nb: [1\n") }
    #expect(broken?.description.hasPrefix("a.yaml:3: this is not YAML: ") == true)
    let tabs = #expect(throws: ConfigurationError.self) { try tree("a: 1\ndata:\n\ttrain: x\n") }
    #expect(
      tabs?.description
        == "a.yaml:3: this is not YAML: a tab indents this line, where YAML allows spaces only; correct the file.")
  }
}

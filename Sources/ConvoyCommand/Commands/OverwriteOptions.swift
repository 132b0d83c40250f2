import ArgumentParser

/// Options of every command that writes files.
struct OverwriteOptions: ParsableArguments {
  @Flag(name: .customLong("overwrite"), help: "Replace what is there already; otherwise it is refused.")
  var isWanted = false
}

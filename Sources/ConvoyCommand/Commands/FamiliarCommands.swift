import ArgumentParser
import Tensors

/// Names of other programs for a subcommand.
enum FamiliarCommands {
  private static let names: [String: Set<String>] = [
    "train": ["fit", "run", "start", "learn", "finetune", "fine-tune", "resume", "continue", "retrain"],
    "evaluate": ["eval", "test", "validate", "val", "score", "accuracy", "measure"],
    "predict": ["infer", "inference", "classify", "detect", "label", "serve"],
    "inspect": ["summary", "show", "info", "describe", "print", "plot", "plan", "view"],
    "export": ["convert", "save", "write"], "import": ["load", "read", "map"],
    "find-rate": ["lr-find", "lrfind", "lr_find", "find-lr", "lr-finder", "tune", "rate"],
    "features": ["extract", "embed", "embeddings", "embedding"], "verify": ["check", "checksum", "fsck"],
    "data": ["dataset", "datasets", "preview", "lint", "data-check"],
    "convolve": ["fcn", "convolutionize", "sliding", "slide", "dense"],
    "doctor": ["diagnose", "env", "system"], "bench": ["benchmark", "profile", "time", "speed"],
    "models": ["networks", "list", "zoo"], "layers": ["ops", "classes"], "forward": ["apply", "call"],
  ]

  /// What is wrong with the subcommand of a command line; nil where it is one, or none is given.
  static func problem(_ arguments: [String], known: [String]) -> String? {
    guard let name = arguments.first, !name.hasPrefix("-"), !known.contains(name), name != "help" else { return nil }
    let beginning = "there is no command '\(name)'"
    if let meant = names.first(where: { $0.value.contains(name.lowercased()) })?.key {
      return "\(beginning); did you mean 'convoy \(meant)'?"
    }
    if let near = known.nearest(to: name) { return "\(beginning); did you mean 'convoy \(near)'?" }
    return "\(beginning); 'convoy --help' lists the commands."
  }
}

import FileKinds
import Foundation
package import Training

/// A recipe read from a configuration file and the overrides of the command line, complete and valid.
package struct Configuration: Sendable {
  /// The file as the user calls it.
  package let name: String
  /// Its paths are absolute.
  package let recipe: Recipe

  /// - Parameters:
  ///   - path: the file.
  ///   - overrides: `path=value`, applied in order.
  ///   - currentFolder: what paths of the command line are relative to; those of the file are relative to its folder.
  package init(path: String, overrides: [String] = [], currentFolder: String) throws(ConfigurationError) {
    let file = Location.absolute(path, in: currentFolder)
    try self.init(
      ConfigurationTree(name: path, text: Configuration.text(of: file, path)), overrides: overrides,
      folder: Location.folder(of: file), currentFolder: currentFolder)
  }

  /// - Parameter folder: what paths of the tree are relative to.
  init(
    _ tree: consuming ConfigurationTree, overrides: [String], folder: String, currentFolder: String
  ) throws(ConfigurationError) {
    name = tree.name
    for override in overrides { try tree.set(override) }
    var recipe = try tree.decode(Recipe.self)
    do {
      try recipe.validate()
    } catch {
      throw ConfigurationError(tree.place(of: error.path.split(separator: ".").map(String.init)), error.description)
    }
    func resolve(_ location: String, _ keys: [String]) -> String {
      switch tree.origin(of: keys) {
      case .file: Location.absolute(location, in: folder)
      case .override: Location.absolute(location, in: currentFolder)
      }
    }
    recipe.data.train = resolve(recipe.data.train, ["data", "train"])
    recipe.data.validation = recipe.data.validation.map { resolve($0, ["data", "validation"]) }
    recipe.data.test = recipe.data.test.map { resolve($0, ["data", "test"]) }
    if case .file(let model) = recipe.model {
      recipe.model = .file(resolve(model, model == recipe.finetune?.from ? ["finetune", "from"] : ["model"]))
    }
    if let weights = recipe.finetune?.from { recipe.finetune!.from = resolve(weights, ["finetune", "from"]) }
    self.recipe = recipe
  }

  private static let mostBytes = 1 << 20

  private static func text(of file: String, _ name: String) throws(ConfigurationError) -> String {
    let kind = Location.kind(file)
    guard kind == .file else {
      let problem = kind == nil ? "there is no such file" : "this is a folder"
      throw ConfigurationError(name, "\(problem); give the path of a YAML file.")
    }
    if let kind = FileKind(at: file), ![.empty, .yaml, .json].contains(kind) {
      throw ConfigurationError(name, "\(kind.sentence(for: .configuration)).")
    }
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(filePath: file).resolvingSymlinksInPath().path)
    guard let size = attributes?[.size] as? Int, size <= mostBytes else {
      throw ConfigurationError(
        name, "the file has more than \(mostBytes) bytes, so it is no configuration; give another one.")
    }
    do {
      return try String(contentsOfFile: file, encoding: .utf8)
    } catch {
      throw ConfigurationError(
        name, "the configuration cannot be read as text (\(error.localizedDescription)); check its permissions.")
    }
  }
}

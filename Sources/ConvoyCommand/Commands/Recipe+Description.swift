import Networks
import Tensors
import Training

extension Recipe {
  /// The model as training would make it. A network that comes with Convoy can be looked at before its data is there.
  func describedModel() throws -> Recipe.Model {
    if case .named(let name, let given) = model, !Location.exists(data.train) {
      try validate()
      let (input, classes) = (given.map { Shape($0) } ?? Models.usualInput(of: name), Models.usualClasses(of: name))
      Output.note(
        "\(data.train) is not there; the model is taken for samples of shape \(input) and \(classes) classes.")
      return try makeModel(input: input, classes: classes)
    }
    return try makeModel(for: describeData())
  }
}

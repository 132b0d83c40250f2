import Datasets

extension DataChoice {
  func validate() throws(RecipeError) {
    guard !train.isEmpty else { throw RecipeError("data.train", "is empty; give a path.") }
    for (name, choice) in columns.sorted(by: { $0.key < $1.key }) {
      if let mistake = choice.mistake { throw RecipeError("data.columns.\(name).\(mistake.key)", mistake.problem) }
    }
    if let mistake = decoding?.mistake { throw RecipeError("data.decoding.\(mistake.key)", mistake.problem) }
    guard let split else { return }
    guard split.group != "" else {
      throw RecipeError("data.split.group", "is empty; name the column that says which samples belong together.")
    }
    guard split.validation != nil || split.test != nil else {
      throw RecipeError("data.split", "names no part; write {validation: 15%, test: 10%}.")
    }
    for (key, share, location) in [("validation", split.validation, validation), ("test", split.test, test)] {
      guard let share else { continue }
      guard share.value > 0, share.value < 1 else {
        throw RecipeError("data.split.\(key)", "is \(share), but must be greater than 0% and below 100%.")
      }
      guard location == nil else {
        throw RecipeError("data.split.\(key)", "and 'data.\(key)' name two sets of data; give one of them.")
      }
    }
    guard (split.validation?.value ?? 0) + (split.test?.value ?? 0) < 1 else {
      throw RecipeError("data.split", "leaves nothing to train on; give parts that are less than 100% together.")
    }
  }
}

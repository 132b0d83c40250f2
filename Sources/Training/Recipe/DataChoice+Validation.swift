import Datasets

extension DataChoice {
  func validate() throws(RecipeError) {
    guard !train.isEmpty else { throw RecipeError("data.train", "is empty; give a path.") }
    for (name, choice) in columns.sorted(by: { $0.key < $1.key }) {
      if let mistake = choice.mistake { throw RecipeError("data.columns.\(name).\(mistake.key)", mistake.problem) }
    }
    if let mistake = decoding?.mistake { throw RecipeError("data.decoding.\(mistake.key)", mistake.problem) }
    if let limit, limit < 1 { throw RecipeError("data.limit", "is \(limit), but must be at least 1.") }
    guard let split else { return }
    try split.validateFolds(validation: validation)
    guard split.group != "" else {
      throw RecipeError("data.split.group", "is empty; name the column that says which samples belong together.")
    }
    guard split.keepsValidation || split.test != nil else {
      throw RecipeError("data.split", "names no part; write {validation: 15%, test: 10%}, or {folds: 5, fold: 0}.")
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

extension SplitChoice {
  fileprivate func validateFolds(validation location: String?) throws(RecipeError) {
    guard let folds else {
      guard fold == nil else { throw RecipeError("data.split.fold", "has no 'folds' beside it; say of how many.") }
      return
    }
    guard folds >= 2, folds <= 1000 else {
      throw RecipeError("data.split.folds", "is \(folds), but must be from 2 to 1000.")
    }
    guard let fold, (0..<folds).contains(fold) else {
      throw RecipeError(
        "data.split.fold", "is \(fold.map(String.init) ?? "missing"), but must be from 0 to \(folds - 1).")
    }
    guard validation == nil, location == nil else {
      throw RecipeError(
        "data.split.folds",
        "and '\(location == nil ? "data.split.validation" : "data.validation")' name two sets of "
          + "data to validate on; give one of them.")
    }
  }
}

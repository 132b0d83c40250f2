import Training

extension Recipe {
  /// The files that a run reads, as far as its recipe names them.
  var inputFiles: [String?] {
    var model: String?
    if case .file(let path) = self.model { model = path }
    return [model, finetune?.from, data.train, data.validation, data.test]
  }

  /// What to do with a run that is over.
  var wayToTrainLonger: String {
    if finetune != nil { return "to train longer, add epochs to the last phase, or a phase" }
    if earlyStopping != nil { return "to train longer, give more 'epochs', where earlyStopping has not ended it" }
    return "to train longer, add --set epochs=N with more than \(epochs)"
  }
}

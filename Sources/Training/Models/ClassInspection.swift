package import Datasets
import Tensors

/// Looks at the labels of data for mistakes that nothing else would tell: one class only, classes without images, and
/// outputs of the model without a class.
package struct ClassInspection {
  /// A sentence for each suspicion.
  package private(set) var notices: [String] = []

  private let source: any DataSource
  /// Samples of each label.
  private let counts: [Int]
  /// Labels that some sample has, ascending.
  private var labels: [Int] { counts.indices.filter { counts[$0] > 0 } }

  /// Data to train on.
  ///
  /// - Parameters:
  ///   - ownsHead: whether the model has as many outputs as the data has classes, whatever these are.
  ///   - isBalanced: whether rare classes count or come more often.
  package init(training source: any DataSource, ownsHead: Bool, isBalanced: Bool) throws(TrainingError) {
    self.init(source)
    // Random images are there to measure speed.
    guard !labels.isEmpty, !source.isRandom else { return }
    guard labels.count > 1 else {
      throw TrainingError(
        .data,
        "\(source.location) has one class only (\(name(labels[0]))), so that there is nothing to tell apart; give "
          + "images of "
          + "another class, in a folder of their own or with another label.")
    }
    if !isBalanced, let (rare, most) = ClassBalance.rare(counts.enumerated().map { ($0, $1) }) {
      let names = rare.prefix(3).map { "\(name($0.name)) (\($0.count))" }.joined(separator: ", ")
      notices.append(
        "\(source.location) has few samples of \(names)\(rare.count > 3 ? " and \(rare.count - 3) more classes" : "") "
          + "beside \(name(most.name)) (\(most.count)): see 'classWeights' and 'data.sampling'.")
    }
    let labels = labels
    let missing = (0..<classes).filter { !labels.contains($0) }
    guard !missing.isEmpty else { return }
    if ownsHead, source.classNames.isEmpty, missing.count >= labels.count {
      throw TrainingError(
        .data,
        "the labels of \(source.location) are \(labels.map(String.init).list), so that most of \(classes) outputs "
          + "would "
          + "stand for no image; number the classes from 0 without gaps, or name all of them in the attribute "
          + "class_names."
      )
    }
    notices.append(
      missing == [0]
        ? "the labels of \(source.location) count from 1, so that no image is of the class 0: store them counted "
          + "from 0."
        : "no image of \(source.location) is of the class\(missing.count == 1 ? "" : "es") \(missing.map(name).list): "
          + "if there is no such class, number the others without gaps.")
  }

  /// Data to measure with.
  ///
  /// - Parameter outputs: classes that the model tells apart.
  package init(evaluating source: any DataSource, model: String, outputs: Int) {
    self.init(source)
    guard let last = labels.last else { return }
    if labels.count == 1, outputs > 1 {
      notices.append(
        "all images of \(source.location) are of the class \(name(last)), so that nothing is measured of the others.")
    } else if source.classNames.isEmpty, last + 1 < outputs {
      notices.append(
        "the labels of \(source.location) end at \(last), but '\(model)' tells \(outputs) classes apart: see that both "
          + "count alike.")
    }
  }

  private init(_ source: any DataSource) {
    self.source = source
    var counts: [Int] = []
    // Multi-label data may have images without any label.
    if source.labelColumn != nil, source.labelCount == nil {
      for sample in 0..<source.count {
        let label = source.label(at: sample)
        while counts.count <= label { counts.append(0) }
        counts[label] += 1
      }
    }
    self.counts = counts
  }

  /// Refuses labels that count from 1 to the number of outputs.
  package func requireCountedFromZero(outputs: Int, of model: String) throws(TrainingError) {
    guard source.classNames.isEmpty, labels == Array(1..<outputs + 1) else { return }
    throw TrainingError(
      .data,
      "the labels of \(source.location) count from 1 to \(outputs), but the \(outputs) outputs of the model '\(model)' "
        + "from 0; store them counted from 0.")
  }

  /// Compares the classes with the outputs of the model that is trained on them.
  ///
  /// - Parameter isMeant: whether somebody has said how many outputs there are to be.
  package mutating func compare(outputs: Int, of model: String, isMeant: Bool) throws(TrainingError) {
    guard !isMeant, !labels.isEmpty, !source.isRandom, outputs > classes else { return }
    let names = source.classNames
    guard names.isEmpty else {
      throw TrainingError(
        .configuration,
        "the model '\(model)' ends in \(outputs) outputs, but \(source.location) has \(names.count) classes "
          + "(\(names.list)); end it in a Dense layer of \(names.count) units, or give it a new head with "
          + "'finetune.head: {}'."
      )
    }
    notices.append(
      "the model '\(model)' ends in \(outputs) outputs, but the labels of \(source.location) end at \(classes - 1): "
        + "the other outputs are never right.")
  }

  /// Those that have names, or that the labels count.
  private var classes: Int { max(source.classNames.count, (labels.last ?? -1) + 1) }

  private func name(_ label: Int) -> String {
    source.classNames.indices.contains(label) ? "'\(source.classNames[label])'" : String(label)
  }
}

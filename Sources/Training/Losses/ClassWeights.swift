import Datasets
import Networks
import Tensors

extension [TrainingLoss] {
  /// The same losses with what the classes of the training data count in them. Collective: throws on all ranks if it
  /// throws on one.
  func weighted(by source: any DataSource, _ work: SharedWork, _ vote: Vote) throws(TrainingError) -> [TrainingLoss] {
    var losses = self
    for (index, loss) in enumerated() where loss.choice.classWeights != .equal {
      let targets = try vote.agree { () throws(TrainingError) in try ClassTargets(loss, source) }
      losses[index].classWeights =
        switch loss.choice.classWeights {
        case .equal: []
        case .given(let given):
          try vote.agree { () throws(TrainingError) in try targets.weights(given) }
        case .balanced: try targets.balanced(work)
        }
    }
    return losses
  }
}

/// The targets of a loss that are classes: one for each image, or one for every pixel.
private struct ClassTargets {
  private let source: any DataSource
  private let column: Int
  private let classes: Int
  /// Numbers that are of no class.
  private let ignored: Set<Int>

  /// Images of one piece of work.
  private static let block = 16

  init(_ loss: TrainingLoss, _ source: any DataSource) throws(TrainingError) {
    let name = loss.column ?? source.labelColumn.map { source.columns[$0].name } ?? "label"
    guard let column = source.columns.firstIndex(where: { $0.name == name }) else {
      throw TrainingError(.configuration, "'classWeights': \(source.location) has no column '\(name)'.")
    }
    let function = type(of: loss.node.layer).functionName
    guard let layer = loss.node.layer as? any ClassWeightedLoss else {
      throw TrainingError(
        .configuration,
        "'classWeights': \(function) takes no weights of classes; choose sparse_categorical_crossentropy or "
          + "binary_crossentropy, or remove them.")
    }
    guard let classes = layer.classCount(of: loss.output) else {
      throw TrainingError(
        .configuration,
        "'classWeights' are for targets of one class each, but '\(name)' of \(source.location) has "
          + "\(loss.output.channels) labels that may all be there (multi-label); remove them.")
    }
    (self.source, self.column, self.classes) = (source, column, classes)
    let ignored = (layer as? any ClassNumberLoss)?.ignoredClass
    self.ignored = Set([source.columns[column].void, ignored].compactMap(\.self))
  }

  /// Those of the configuration, by names or numbers.
  func weights(_ given: [String: Double]) throws(TrainingError) -> [Double] {
    var weights = Array(repeating: 1.0, count: classes)
    let names = source.columns[column].classNames
    for (name, weight) in given.sorted(by: { $0.key < $1.key }) {
      guard let index = names.firstIndex(of: name) ?? Int(name), weights.indices.contains(index) else {
        let known = names.isEmpty ? "0 to \(classes - 1)" : names.joined(separator: ", ")
        throw TrainingError(
          .configuration, "'classWeights': \(source.location) has no class '\(name)'; known are \(known).")
      }
      weights[index] = weight
    }
    return weights
  }

  /// scikit-learn's `balanced`, over the classes that are there. Collective.
  func balanced(_ work: SharedWork) throws(TrainingError) -> [Double] {
    let counts = try counts(work)
    let used = counts.count { $0 > 0 }
    let count = counts.reduce(0, +)
    return counts.map { $0 == 0 ? 1 : Double(count) / Double(used * $0) }
  }

  /// Images or pixels of each class; every image is read once, by one rank.
  private func counts(_ work: SharedWork) throws(TrainingError) -> [Int] {
    let blocks = (source.count + ClassTargets.block - 1) / ClassTargets.block
    let results = try work.map(blocks) { block in
      count(block * ClassTargets.block..<min((block + 1) * ClassTargets.block, source.count))
    }
    if let failure = results.compactMap(\.failure).first { throw TrainingError(.data, failure, isShared: true) }
    return results.reduce(into: Array(repeating: 0, count: classes)) { sum, result in
      for (index, count) in result.counts.enumerated() { sum[index] += count }
    }
  }

  private struct Counts: Codable {
    var counts: [Int]
    var failure: String?
  }

  private func count(_ samples: Range<Int>) -> Counts {
    var result = Counts(counts: Array(repeating: 0, count: classes))
    func add(_ number: Float) {
      // What is no class is found where the loss is computed.
      guard let number = Int(exactly: number), result.counts.indices.contains(number), !ignored.contains(number) else {
        return
      }
      result.counts[number] += 1
    }
    guard source.columns[column].kind.isPicture else {
      let size = source.columns[column].shape.count
      for index in samples { for place in 0..<size { add(Float(source.number(place, of: column, at: index))) } }
      return result
    }
    let wanted = ColumnSet([column])
    var sample = Sample(source.columns, wanted)
    for index in samples {
      do throws(DataError) { try source.read(index, epoch: 0, wanted, into: &sample) } catch {
        result.failure = error.description
        return result
      }
      if source.columns[column].element == .byte {
        var histogram = Array(repeating: 0, count: 256)
        for byte in sample.bytes(of: column) { histogram[Int(byte)] += 1 }
        for number in 0..<min(256, classes) where !ignored.contains(number) {
          result.counts[number] += histogram[number]
        }
      } else {
        for number in sample.numbers(of: column) { add(number) }
      }
    }
    return result
  }
}

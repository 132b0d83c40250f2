/// A short training whose results are recorded in `Tests/Fixtures/pinned.json`: a change of the code that should not
/// change what is computed must give them again, bit by bit.
enum PinnedRecipe: String, CaseIterable {
  case dropout, augmentation, globalNormalization, multiLabel, finetuning, layerwiseRates, classWeights

  /// Steps to make; nil for all of the recipe.
  var steps: Int? { self == .globalNormalization ? 6 : nil }

  /// - Parameter digits: the file `data/digits.h5`.
  func configuration(digits: String) -> String {
    let data = "data: {train: '\(digits):/train', test: '\(digits):/test'}\nthreads: 1\n"
    return switch self {
    case .dropout:
      """
      model: {input: [28, 28, 1], layers: [\(PinnedRecipe.features), Dropout: {rate: 0.25}, \(PinnedRecipe.classifier)]}
      \(data)batch: 96
      shards: 4
      epochs: 1
      optimizer: {name: sgd, rate: 0.05, momentum: 0.9, nesterov: true, clipNorm: 1}
      schedule: {name: cosine, warmup: 5}
      """
    case .augmentation:
      """
      model: {input: [28, 28, 1], layers: [\(PinnedRecipe.features), \(PinnedRecipe.classifier)]}
      \(data)batch: 100
      shards: 4
      epochs: 1
      labelSmoothing: 0.1
      augmentation: [{padCrop: 2}, {flip: horizontal}]
      optimizer: {name: adamw, rate: 0.002, weightDecay: 0.01}
      """
    case .globalNormalization:
      """
      model: {name: resnet8, input: [28, 28, 1]}
      \(data)batch: 64
      shards: 4
      epochs: 1
      normalization: global
      optimizer: {name: rmsprop, rate: 0.001}
      """
    case .multiLabel:
      """
      model: {input: [8, 8, 3], layers: [Conv2D: {filters: 6, kernel_size: 3}, BatchNormalization, ReLU, Flatten, \
      Dense: {units: 5, activation: sigmoid}]}
      data: {train: 'labels.h5:/train', test: 'labels.h5:/test'}
      threads: 1
      batch: 24
      shards: 2
      epochs: 3
      optimizer: {name: adam, rate: 0.01}
      """
    case .finetuning:
      """
      \(data)batch: 80
      shards: 4
      views: 2
      augmentation: [{flip: horizontal}]
      finetune:
        from: dropout/last.h5
        head: {dense: [16], dropout: 0.2}
        phases:
          - {freeze: backbone, epochs: 2}
          - {unfreeze: backbone, epochs: 1, rate: 0.001, layerDecay: 0.8}
      """
    case .layerwiseRates:
      """
      model: {input: [28, 28, 1], layers: [\(PinnedRecipe.features), \(PinnedRecipe.classifier)]}
      \(data)batch: 100
      shards: 5
      epochs: 1
      optimizer: {name: lamb, rate: 0.01, weightDecay: 0.01}
      average: {decay: 0.99}
      """
    case .classWeights:
      """
      model: {input: [28, 28, 1], layers: [\(PinnedRecipe.features), \(PinnedRecipe.classifier)]}
      \(data)batch: 100
      shards: 4
      epochs: 1
      classWeights: {'0': 2, '3': 0.5, '7': 1.25}
      """
    }
  }

  private static let features = """
    Conv2D: {filters: 8, kernel_size: 3, padding: same}, BatchNormalization, ReLU, MaxPooling2D, \
    Conv2D: {filters: 16, kernel_size: 3, activation: relu}, MaxPooling2D, Flatten
    """
  private static let classifier = "Dense: {units: 10, activation: softmax}"
}

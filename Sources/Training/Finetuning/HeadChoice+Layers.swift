import Kernels
import Networks
import Tensors

extension HeadChoice {
  /// The layers of the classifier, from the features on, with the names that they get.
  ///
  /// - Parameters:
  ///   - shape: of the features.
  ///   - classes: that the data tells apart.
  func layers(behind shape: Shape, classes: Int) -> [(layer: any Layer, name: String)] {
    var layers: [(any Layer, String)] = []
    if shape.rank > 1 { layers.append((pooling(shape), "head_pool")) }
    for units in dense {
      layers.append((Dense(units, activation: .relu), "head_dense"))
      if dropout > 0 { layers.append((Dropout(dropout), "head_dropout")) }
    }
    if dense.isEmpty, dropout > 0 { layers.append((Dropout(dropout), "head_dropout")) }
    let (units, activation) =
      outputs == .softmax ? (classes, ActivationFunction.softmax) : (outputs == .sigmoid ? 1 : classes, .sigmoid)
    return layers + [(Dense(units, activation: activation), "predictions")]
  }

  private func pooling(_ shape: Shape) -> any Layer {
    switch (pooling, shape.rank) {
    case (.flatten, _): Flatten()
    case (.average, 2): GlobalAveragePooling1D()
    case (.average, 3): GlobalAveragePooling2D()
    case (.average, _): GlobalAveragePooling3D()
    case (.max, 2): GlobalMaxPooling1D()
    case (.max, 3): GlobalMaxPooling2D()
    case (.max, _): GlobalMaxPooling3D()
    }
  }
}

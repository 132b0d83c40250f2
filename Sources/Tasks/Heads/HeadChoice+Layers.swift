import Kernels
import Networks
import Tensors

extension HeadChoice {
  /// The layers between the features and the outputs, with the names that they get.
  ///
  /// - Parameter shape: of the features.
  func layers(behind shape: Shape) -> [(layer: any Layer, name: String)] {
    var layers: [(any Layer, String)] = []
    if shape.rank > 1 { layers.append((pooling(shape), "head_pool")) }
    for units in dense {
      layers.append((Dense(units, activation: .relu), "head_dense"))
      if dropout > 0 { layers.append((Dropout(dropout), "head_dropout")) }
    }
    if dense.isEmpty, dropout > 0 { layers.append((Dropout(dropout), "head_dropout")) }
    return layers
  }

  /// The layer that tells classes apart, of which one is right unless `outputs` says otherwise.
  func classifier(_ classes: Int) -> any Layer {
    if outputs == .sigmoids { return Dense(classes, activation: .sigmoid) }
    return outputs == .sigmoid ? Dense(1, activation: .sigmoid) : Dense(classes, activation: .softmax)
  }

  /// The only output behind the layers of the head.
  func chain(_ output: any Layer, behind features: Graph.Value, of graph: Graph) throws(ShapeError) -> TaskGraph {
    try graph.chaining(behind: features, layers(behind: graph.shape(features)) + [(output, "predictions")])
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

public import Tensors

/// A network that comes with Convoy: its name, how it is made, and what it was made for.
public struct NetworkDesign: Sendable {
  public let name: String
  /// The shape of a sample that the network was made for.
  public let input: Shape
  /// Classes of the data that it was made for.
  public let classes: Int
  /// What the images of published weights go through; nil where there are none that everybody uses.
  public let preprocessing: ImagePreprocessing?
  /// The graph for samples of a shape and so many classes.
  public let graph: @Sendable (_ input: Shape, _ classes: Int) throws(ShapeError) -> Graph

  init(
    _ name: String, input: Shape = [224, 224, 3], classes: Int = 1000, preprocessing: ImagePreprocessing?,
    graph: @escaping @Sendable (_ input: Shape, _ classes: Int) throws(ShapeError) -> Graph
  ) {
    (self.name, self.input, self.classes, self.preprocessing, self.graph) = (name, input, classes, preprocessing, graph)
  }
}

public import Tensors

extension Models {
  /// The shape of a sample that a network was made for: what it is shown or timed with where there is no data.
  public static func usualInput(of name: String) -> Shape {
    if name == "squeezenet" { return [227, 227, 3] }
    if imageNetNames.contains(name) { return [224, 224, 3] }
    return name == "lenet5" ? [28, 28, 1] : [32, 32, 3]
  }

  /// Classes of the data that a network was made for: ImageNet, digits, or CIFAR-10.
  public static func usualClasses(of name: String) -> Int { imageNetNames.contains(name) ? 1000 : 10 }
}

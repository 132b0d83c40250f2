public import Tensors

extension Models {
  /// The samples that a network was made for: what it is shown or timed with where there is no data.
  public static func usualInput(of name: String) -> Shape { name == "lenet5" ? [28, 28, 1] : [32, 32, 3] }

  /// Classes of the data sets that the networks were made for: digits, and CIFAR-10.
  public static let usualClasses = 10
}

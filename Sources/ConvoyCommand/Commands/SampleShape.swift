import ArgumentParser
import Tensors

/// The shape of a sample on the command line: sizes with commas between them, such as 224,224,3.
struct SampleShape: ExpressibleByArgument {
  let shape: Shape

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let sizes = parts.compactMap { Int($0) }.filter { $0 > 0 }
    guard sizes.count == parts.count, (1...4).contains(sizes.count) else { return nil }
    shape = Shape(sizes)
  }
}

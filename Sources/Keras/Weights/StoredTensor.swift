import Archives
import HDF5

/// An array of numbers in a file with weights.
public struct StoredTensor: Sendable {
  enum Storage: Sendable {
    case dataset(Dataset)
    case safetensor(SafetensorsFile, SafetensorsFile.Tensor)
  }

  /// Where it lies in the file: `/model_weights/conv2d/conv2d/kernel:0`, `layer1.0.conv1.weight`.
  public let name: String
  public let shape: [Int]
  /// `float32`, `bfloat16` and so on.
  public let typeName: String
  let storage: Storage

  init(_ file: SafetensorsFile, _ tensor: SafetensorsFile.Tensor) {
    (name, shape, typeName) = (tensor.name, tensor.shape, tensor.type)
    storage = .safetensor(file, tensor)
  }

  init(_ dataset: Dataset) throws(HDF5Error) {
    (name, shape) = (dataset.path, dataset.shape)
    // HDF5 has no type for bfloat16: Keras stores two bytes without meaning and says so in an attribute.
    var type: String?
    if dataset.elementType == .opaque(bytes: 2), try dataset.attributes.contains("dtype") {
      type = try dataset.attributes.string("dtype")
    }
    typeName = type == "bfloat16" ? "bfloat16" : dataset.elementType.description
    storage = .dataset(dataset)
  }

  public var count: Int { shape.reduce(1, *) }

  /// Whether `read` understands its elements.
  var holdsFloats: Bool {
    ["float16", "float32", "float64", "bfloat16", "F16", "F32", "F64", "BF16"].contains(typeName)
  }

  /// The values, converted to 32 bits, last axis fastest.
  package func read() throws(KerasError) -> [Float] {
    switch storage {
    case .safetensor(let file, let tensor):
      do { return try file.read(tensor) } catch { throw KerasError(error) }
    case .dataset(let dataset):
      return try KerasError.catching { () throws(HDF5Error) in
        guard typeName == "bfloat16" else { return try dataset.read(Float.self) }
        let bytes = try dataset.readOpaque()
        return (0..<bytes.count / 2).map {
          Float(bitPattern: UInt32(bytes[2 * $0]) << 16 | UInt32(bytes[2 * $0 + 1]) << 24)
        }
      }
    }
  }
}

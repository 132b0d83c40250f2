extension FileKind {
  /// What to do where a reader of that kind met such a file.
  package func advice(for reader: Reader) -> String {
    switch self {
    case .empty, .cloudError: return "get it again"
    case .gitPointer: return "run 'git lfs pull' in its repository, which fetches it"
    case .webPage: return "get the file itself, by its link for downloads"
    case .tar, .zip, .bzip2, .xz, .zstandard, .sevenZip, .rar: return "unpack it and name what was in it"
    case .gzip:
      return "unpack it and name what was in it" + (reader == .data ? " (MNIST's IDX files alone are read packed)" : "")
    default: break
    }
    switch reader {
    case .model: return modelAdvice
    case .image: return imageAdvice
    case .data: return dataAdvice
    case .configuration: return configurationAdvice
    case .hdf5: return "give an HDF5 file"
    }
  }

  private var modelAdvice: String {
    switch self {
    case .pyTorch:
      "save its weights with safetensors.torch.save_file(model.state_dict(), \"NAME.safetensors\"), and say with "
        + "--into or 'model' which network they belong to"
    case .pyTorchFolder:
      "name its file of weights, NAME.safetensors, and say with --into or 'model' which network they belong to"
    case .savedModel, .tensorFlowGraph, .tensorFlowCheckpoint:
      "it holds a program or bare variables and no layers: load it in Keras, and save that as NAME.keras or NAME.h5"
    case .onnx, .tensorFlowLite, .coreML, .caffe, .darknet, .gguf, .tensorFlowJS, .openVINO, .mxnet, .paddle:
      "take the Keras or PyTorch model that it was made from, saved as NAME.keras, NAME.h5 or NAME.safetensors"
    case .pickle, .cifarPickle, .numpy, .numpyArchive:
      "load it in Python, set the weights of the Keras model, and save that as NAME.keras or NAME.h5"
    case .cifarPickleFolder, .matlab5, .matlab73, .tfRecord, .parquet, .arrow, .table, .sqlite, .idx:
      "give a model here, and data as 'data.train' of a configuration"
    case .yaml: "name a model where a model is wanted: a Keras file or a safetensors file"
    case _ where isDecoded: "the model comes first on the command line, and images behind it"
    default: "give a file of Keras (.keras, .h5) or a safetensors file"
    }
  }

  private var imageAdvice: String {
    switch self {
    case .heif, .avif, .jpeg2000, .svg, .pdf, .photoshop, .icon:
      "convert it to JPEG or PNG, or remove it"
    case .video: "take single pictures out of it, as JPEG or PNG"
    case .hdf5, .numpy, .numpyArchive, .matlab5, .matlab73, .cifarPickle, .pickle, .tfRecord, .parquet:
      "an image is one file, such as JPEG or PNG; write its pictures out as such"
    default: "remove it, or give images such as JPEG and PNG"
    }
  }

  private var dataAdvice: String {
    switch self {
    case .matlab5, .matlab73:
      "store its arrays with Python as HDF5: 'images' (N, H, W, C), bytes, and 'labels' (N), counted from 0 (of SVHN: "
        + "X with the last axis first, and y % 10)"
    case .pickle, .parquet, .arrow, .sqlite:
      "store its arrays by numpy.savez(\"NAME.npz\", images=..., labels=...), images as (N, H, W, C)"
    case .table, .json: "give a folder with one folder of images for each class, or store images and labels as HDF5"
    case _ where isDecoded: "give the folder that holds one folder of images for each class"
    case .heif, .avif, .jpeg2000, .svg, .pdf, .photoshop, .icon:
      "convert it to JPEG or PNG, in a folder named after its class"
    case .keras, .safetensors: "name it as 'model' instead, and here data"
    case .pyTorch, .onnx, .tensorFlowLite, .savedModel, .tensorFlowGraph, .coreML, .caffe, .darknet:
      "give data here: HDF5, or a folder with one folder of images for each class"
    case .yaml: "name the data itself, such as flowers:/train, and the configuration with --data"
    default:
      "give HDF5, NumPy's arrays, tar shards, TFRecord files, or a folder with one folder of images for each class"
    }
  }

  private var configurationAdvice: String {
    switch self {
    case .hdf5, .keras, .safetensors:
      "write a configuration (YAML) that names it as 'model', such as one of configs/"
    case .jpeg, .png, .gif, .webP, .bmp, .tiff, .portableMap, .idx, .cifarPickle, .matlab5, .matlab73, .numpy:
      "write a configuration (YAML) that names the data as 'data: {train: ...}', such as one of configs/"
    case .python, .swiftSource: "write what is trained as YAML; docs/configuration.md shows how"
    default: "give a YAML file, such as one of configs/"
    }
  }
}

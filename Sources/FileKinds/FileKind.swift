/// The kind of a file by its first bytes, or by its name where these say nothing: the one place that tells foreign
/// files apart.
///
/// A reader asks for it once a file has turned out to be none of its own, so that the sentence names what is there.
package enum FileKind: String, CaseIterable, Sendable {
  // Not the file itself.
  case empty, gitPointer, webPage, cloudError
  // Archives.
  case tar, zip, gzip, bzip2, xz, zstandard, sevenZip, rar
  // Models of other programs.
  case pyTorch, pyTorchFolder, onnx, savedModel, tensorFlowGraph, tensorFlowCheckpoint, tensorFlowLite, coreML, caffe
  case darknet, gguf, tensorFlowJS, openVINO, mxnet, paddle
  // Data of other programs.
  case pickle, cifarPickle, cifarPickleFolder, matlab5, matlab73, numpy, numpyArchive, tfRecord, parquet, arrow, table
  case sqlite, hdf5, keras, safetensors, idx, json, yaml, swiftSource, python
  // Pictures.
  case jpeg, png, gif, webP, bmp, tiff, heif, avif, jpeg2000, svg, pdf, portableMap, photoshop, icon, video

  /// Whether it is an image that is decoded.
  package var isDecoded: Bool { [.jpeg, .png, .gif, .webP, .bmp, .tiff, .portableMap].contains(self) }

  /// Whom the sentence is for.
  package enum Reader: Sendable, CaseIterable { case model, image, data, configuration, hdf5 }

  /// `this is a web page (HTML), not an image that Convoy reads; get the file itself`: without the path and the full
  /// stop.
  package func sentence(for reader: Reader) -> String { "\(finding(for: reader)); \(advice(for: reader))" }

  /// `this is a web page (HTML), not an image that Convoy reads`
  package func finding(for reader: Reader) -> String {
    let wanted =
      switch reader {
      case .model: "a file of Keras or safetensors"
      case .image: "an image that Convoy reads"
      case .data: "data that Convoy reads"
      case .configuration: "a configuration (YAML)"
      case .hdf5: "an HDF5 file"
      }
    return self == .empty ? "the file is empty" : "this is \(name), not \(wanted)"
  }

  /// With its article.
  package var name: String {
    switch self {
    case .empty: "an empty file"
    case .gitPointer: "a pointer of Git LFS to a file that was not fetched"
    case .webPage: "a web page (HTML)"
    case .cloudError: "an error message (XML) of the server that it was to come from"
    case .tar: "a tar archive"
    case .zip: "a zip archive"
    case .gzip: "a gzip file"
    case .bzip2: "a bzip2 file"
    case .xz: "an xz file"
    case .zstandard: "a Zstandard file"
    case .sevenZip: "a 7-Zip archive"
    case .rar: "a RAR archive"
    case .pyTorch: "a file of PyTorch (torch.save)"
    case .pyTorchFolder: "a folder of PyTorch or Hugging Face"
    case .onnx: "an ONNX model"
    case .savedModel: "a SavedModel of TensorFlow"
    case .tensorFlowGraph: "a frozen graph of TensorFlow (.pb)"
    case .tensorFlowCheckpoint: "a part of a checkpoint of TensorFlow"
    case .tensorFlowLite: "a TensorFlow Lite model"
    case .coreML: "a Core ML model"
    case .caffe: "a Caffe model"
    case .darknet: "a file of Darknet weights"
    case .gguf: "a GGUF file"
    case .tensorFlowJS: "a TensorFlow.js model"
    case .openVINO: "an OpenVINO model"
    case .mxnet: "an MXNet file"
    case .paddle: "a PaddlePaddle file"
    case .pickle: "a pickle of Python"
    case .cifarPickle: "a batch of CIFAR's Python version (a pickle)"
    case .cifarPickleFolder: "the folder of CIFAR's Python version (pickles)"
    case .matlab5: "a MATLAB file"
    case .matlab73: "a MATLAB file (version 7.3)"
    case .numpy: "a NumPy array (.npy)"
    case .numpyArchive: "an archive of NumPy arrays (.npz)"
    case .tfRecord: "a TFRecord file"
    case .parquet: "a Parquet file"
    case .arrow: "an Arrow file"
    case .table: "a table of text (CSV)"
    case .sqlite: "an SQLite database"
    case .hdf5: "an HDF5 file"
    case .keras: "a Keras archive (.keras)"
    case .safetensors: "a safetensors file"
    case .idx: "an IDX file"
    case .json: "JSON"
    case .yaml: "a YAML file"
    case .swiftSource: "a Swift source"
    case .python: "a Python source"
    case .jpeg: "a JPEG image"
    case .png: "a PNG image"
    case .gif: "a GIF image"
    case .webP: "a WebP image"
    case .bmp: "a BMP image"
    case .tiff: "a TIFF image"
    case .heif: "a HEIF image"
    case .avif: "an AVIF image"
    case .jpeg2000: "a JPEG 2000 image"
    case .svg: "an SVG drawing"
    case .pdf: "a PDF document"
    case .portableMap: "a PGM or PPM image"
    case .photoshop: "a Photoshop file"
    case .icon: "an icon"
    case .video: "a video"
    }
  }
}

import Foundation

extension FileKind {
  /// What is at a path, file or folder; nil where it cannot be read or tells nothing.
  package init?(at path: String) {
    if let names = try? FileManager.default.contentsOfDirectory(atPath: path) {
      self.init(folder: path, holding: Set(names))
      return
    }
    guard let file = try? FileHandle(forReadingFrom: URL(filePath: path)) else { return nil }
    defer { try? file.close() }
    do {
      let start = try file.read(upToCount: FileKind.startSize) ?? Data()
      self.init(start: start, name: URL(filePath: path).lastPathComponent)
    } catch {
      return nil
    }
  }

  /// So many first bytes tell everything.
  package static let startSize = 1024

  /// - Parameters:
  ///   - start: the first bytes of a file.
  ///   - name: its name, for kinds that have no mark of their own.
  package init?<Bytes: Collection<UInt8>>(start: Bytes, name: String) {
    let start = Array(start.prefix(FileKind.startSize))
    guard let kind = FileKind.byBytes(start) ?? FileKind.byName(name.lowercased(), start) else { return nil }
    self = kind
  }

  private init?(folder path: String, holding names: Set<String>) {
    if names.contains("saved_model.pb") || names.contains("saved_model.pbtxt") {
      self = .savedModel
    } else if FileKind.isCIFAR(path, names) {
      self = .cifarPickleFolder
    } else if path.lowercased().hasSuffix(".mlpackage") || names.isSuperset(of: ["Manifest.json", "Data"]) {
      self = .coreML
    } else if names.contains("pytorch_model.bin") || names.isSuperset(of: ["config.json", "model.safetensors"]) {
      self = .pyTorchFolder
    } else if names.contains("model.json"), names.contains(where: { $0.hasPrefix("group1-shard") }) {
      self = .tensorFlowJS
    } else if names.contains(where: { $0.hasSuffix(".data-00000-of-00001") }) {
      self = .tensorFlowCheckpoint
    } else {
      return nil
    }
  }

  /// `cifar-10-batches-py`, or `cifar-100-python`.
  private static func isCIFAR(_ folder: String, _ names: Set<String>) -> Bool {
    let batch =
      names.contains("data_batch_1") ? "data_batch_1" : names.isSuperset(of: ["train", "test"]) ? "meta" : nil
    let kind = batch.flatMap { names.contains($0) ? FileKind(at: "\(folder)/\($0)") : nil }
    return kind == .cifarPickle || kind == .pickle
  }

  /// Marks at the very start. A longer one stands before a shorter one that it begins with.
  private static let marks: [(mark: [UInt8], kind: FileKind)] = [
    (Array("version https://git-lfs".utf8), .gitPointer), (Array("MATLAB 7.3 MAT-file".utf8), .matlab73),
    (Array("MATLAB 5.0 MAT-file".utf8), .matlab5), (Array("Rar!".utf8), .rar), (Array("BZh".utf8), .bzip2),
    ([0x1F, 0x8B], .gzip), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .xz), ([0x28, 0xB5, 0x2F, 0xFD], .zstandard),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip), ([0x93] + Array("NUMPY".utf8), .numpy),
    (Array("PAR1".utf8), .parquet), (Array("ARROW1".utf8), .arrow), (Array("SQLite format 3".utf8), .sqlite),
    (Array("GGUF".utf8), .gguf), ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], .hdf5),
    ([0xFF, 0xD8, 0xFF], .jpeg),
    ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png), (Array("GIF8".utf8), .gif), (Array("%PDF".utf8), .pdf),
    (Array("II*\0".utf8), .tiff), (Array("MM\0*".utf8), .tiff), (Array("8BPS".utf8), .photoshop),
    ([0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20], .jpeg2000), ([0, 0, 1, 0], .icon), ([0x1A, 0x45, 0xDF, 0xA3], .video),
  ]

  private static func byBytes(_ start: [UInt8]) -> FileKind? {
    if start.isEmpty { return .empty }
    if let mark = marks.first(where: { start.starts(with: $0.mark) }) { return mark.kind }
    if start.starts(with: [0x50, 0x4B]), start.count > 30, [3, 5].contains(start[2]) { return zip(start) }
    if start.dropFirst(257).starts(with: "ustar".utf8) { return .tar }
    if start.first == 0x80, start.count > 1, (2...5).contains(start[1]) { return pickle(start) }
    if start.dropFirst(4).starts(with: "TFL3".utf8) { return .tensorFlowLite }
    if start.starts(with: "RIFF".utf8) { return start.dropFirst(8).starts(with: "WEBP".utf8) ? .webP : .video }
    if start.dropFirst(4).starts(with: "ftyp".utf8) {
      return media(String(decoding: start.dropFirst(8).prefix(4), as: UTF8.self))
    }
    if start.count > 14, start.starts(with: "BM".utf8), start[6..<10].allSatisfy({ $0 == 0 }) { return .bmp }
    if start.count > 3, start[0] == 0x50, (0x31...0x36).contains(start[1]), [0x0A, 0x20].contains(start[2]) {
      return .portableMap
    }
    if start.count > 8, start[8] == UInt8(ascii: "{"), start[4..<8].allSatisfy({ $0 == 0 }) { return .safetensors }
    if start.count > 3, start[0] == 0, start[1] == 0, start[2] == 8, (1...4).contains(start[3]) { return .idx }
    return markup(start)
  }

  /// By the first file in it.
  private static func zip(_ start: [UInt8]) -> FileKind {
    let length = Int(start[26]) | Int(start[27]) << 8
    let name = String(decoding: start.dropFirst(30).prefix(length), as: UTF8.self)
    if ["/data.pkl", "/version", "/.format_version"].contains(where: name.hasSuffix) { return .pyTorch }
    if ["metadata.json", "config.json", "model.weights.h5"].contains(name) { return .keras }
    return name.hasSuffix(".npy") ? .numpyArchive : .zip
  }

  private static func pickle(_ start: [UInt8]) -> FileKind {
    // The number that torch.save began with before it wrote archives.
    let old: [UInt8] = [0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20]
    if start.dropFirst(2).starts(with: old) { return .pyTorch }
    let text = String(decoding: start, as: UTF8.self)
    if ["batch_label", "fine_labels", "num_cases_per_batch", "fine_label_names"].contains(where: text.contains) {
      return .cifarPickle
    }
    // CIFAR-100 begins with the names of its files.
    if text.contains("filenames"), text.contains("_s_00") { return .cifarPickle }
    return text.contains("torch._utils") || text.contains("torchvision.models") ? .pyTorch : .pickle
  }

  private static func media(_ brand: String) -> FileKind {
    if ["avif", "avis"].contains(brand) { return .avif }
    return ["heic", "heix", "mif1", "msf1", "hevc"].contains(brand) ? .heif : .video
  }

  private static func markup(_ start: [UInt8]) -> FileKind? {
    guard !start.contains(0) else { return nil }
    let text = String(decoding: start, as: UTF8.self).lowercased().drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") || text.hasPrefix("<head") { return .webPage }
    guard text.hasPrefix("<") else { return nil }
    if text.contains("<svg") { return .svg }
    if text.contains("<error>") { return .cloudError }
    if text.contains("<html") || text.contains("<body") { return .webPage }
    return text.contains("<net ") ? .openVINO : nil
  }

  /// What has no mark of its own.
  private static func byName(_ name: String, _ start: [UInt8]) -> FileKind? {
    let suffixes: KeyValuePairs<String, FileKind> = [
      ".tflite": .tensorFlowLite, ".onnx": .onnx, ".mlmodel": .coreML, ".caffemodel": .caffe, ".prototxt": .caffe,
      "saved_model.pb": .savedModel, ".pb": .tensorFlowGraph, ".pbtxt": .tensorFlowGraph,
      ".ckpt": .tensorFlowCheckpoint,
      ".data-00000-of-00001": .tensorFlowCheckpoint, ".index": .tensorFlowCheckpoint, ".tfrecord": .tfRecord,
      ".tfrecords": .tfRecord, ".weights": .darknet, ".params": .mxnet, ".pdparams": .paddle, ".pdmodel": .paddle,
      ".pt": .pyTorch, ".pth": .pyTorch, ".tar": .tar, ".csv": .table, ".tsv": .table, ".yaml": .yaml, ".yml": .yaml,
      ".py": .python, ".swift": .swiftSource, ".json": .json, ".mp4": .video, ".mov": .video,
    ]
    if let kind = suffixes.first(where: { name.hasSuffix($0.key) })?.value { return kind }
    // An ONNX model begins with the version of its format and the name of the program that made it.
    if start.count > 4, start[0] == 0x08, (3...20).contains(start[1]), start[2] == 0x12 { return .onnx }
    let first = start.first { !" \t\r\n".utf8.contains($0) }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") && !start.contains(0) ? .json : nil
  }
}

import FileKinds
import Foundation
import Testing

/// Files of other programs, and files that are not what their names say, given to every command that reads one.
@Suite struct ForeignFileTests {
  /// A foreign file: its first bytes, its name, what it is called, and what is advised for models.
  private struct Foreign {
    let name: String
    let bytes: [UInt8]
    let kind: FileKind

    init(_ name: String, _ text: String, _ kind: FileKind) { self.init(name, Array(text.utf8), kind) }
    init(_ name: String, _ bytes: [UInt8], _ kind: FileKind) {
      (self.name, self.bytes, self.kind) = (name, bytes, kind)
    }
  }

  private static let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
  private static let page = "\n<!DOCTYPE html>\n<html><head><title>404</title></head></html>\n"

  /// A zip archive that holds one empty file.
  private static func zip(_ name: String) -> [UInt8] {
    func number(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(value >> (8 * $0) & 255) } }
    // Version, flags, method, time, checksum, sizes, and the length of the name.
    let shared = number(20, 2) + number(0, 8) + number(0, 12) + number(name.utf8.count, 2) + number(0, 2)
    let local = [0x50, 0x4B, 3, 4] + shared + Array(name.utf8)
    let central = [0x50, 0x4B, 1, 2] + number(20, 2) + shared + number(0, 14) + Array(name.utf8)
    return local + central + [0x50, 0x4B, 5, 6] + number(0, 4) + number(1, 2) + number(1, 2) + number(central.count, 4)
      + number(local.count, 4) + number(0, 2)
  }

  private static let foreign: [Foreign] = [
    Foreign("pointer", pointer, .gitPointer), Foreign("page", page, .webPage),
    Foreign("page2", "<html lang=\"en\"><body>Not found</body>", .webPage),
    Foreign("error", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", .cloudError),
    Foreign("lite", [0x1C, 0, 0, 0] + Array("TFL3".utf8) + Array(repeating: 0, count: 64), .tensorFlowLite),
    Foreign("a.onnx", [0x08, 0x08, 0x12, 7] + Array("pytorch".utf8), .onnx),
    Foreign("a.pb", [0x0A, 0x10, 0x0A, 1, 0x78, 0x12, 11] + Array("Placeholder".utf8), .tensorFlowGraph),
    Foreign("a.mlmodel", [0x08, 1, 0x12, 4, 0, 0, 0, 0], .coreML), Foreign("torch", zip("archive/data.pkl"), .pyTorch),
    Foreign("old", [0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E], .pyTorch),
    Foreign("a.pkl", [0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0x7D], .pickle),
    Foreign("archive", zip("train/1.jpg"), .zip),
    Foreign("arrays", zip("x.npy"), .numpyArchive),
    Foreign("array", [0x93] + Array("NUMPY\u{1}\0v\0{'descr'".utf8), .numpy),
    Foreign("five", "MATLAB 5.0 MAT-file, Platform: GLNXA64" + String(repeating: " ", count: 90), .matlab5),
    Foreign("packed.tar.gz", [0x1F, 0x8B, 8, 0] + Array(repeating: 7, count: 32), .gzip),
    Foreign("tape", Array(repeating: 65, count: 257) + Array("ustar  ".utf8) + Array(repeating: 0, count: 248), .tar),
    Foreign("a.csv", "label,pixel0\n1,2\n", .table),
    Foreign("frames", Array("GIF89a".utf8) + [8, 0, 8, 0, 0, 0, 0], .gif),
    Foreign("webp", Array("RIFF".utf8) + [9, 0, 0, 0] + Array("WEBPVP8 ".utf8), .webP),
    Foreign("tiff", Array("II*\0".utf8) + [8, 0, 0, 0], .tiff),
    Foreign("heic", [0, 0, 0, 24] + Array("ftypheic".utf8) + Array(repeating: 0, count: 12), .heif),
    Foreign("none", "", .empty),
  ]

  /// Commands on a file F, with the reader that meets it.
  private static let commands: [(arguments: [String], reader: FileKind.Reader, suffixes: [String])] = {
    let models = ["", ".h5", ".keras", ".safetensors"]
    let data = ["", ".h5", ".gz"]
    let train = ["train", "a.yaml", "--output", "run", "--set"]
    return [
      (["inspect", "F"], .model, models), (["evaluate", "F"], .model, models),
      (["features", "F", "--output", "o.h5"], .model, models),
      (["predict", "F", "ok.png"], .model, models), (["export", "F", "--output", "o.keras"], .model, models),
      (["import", "F"], .model, models), (["import", "F", "--into", "resnet18"], .model, models),
      (["verify", "F"], .model, models), (train + ["model=./F"], .model, models),
      (train + ["finetune={from: ./F, phases: [{epochs: 1}]}"], .model, models),
      (train + ["data.train=F"], .data, data), (train + ["data.test=F"], .data, data),
      (["predict", "m.h5", "F", "--preprocessing", "{scale: 1}"], .image, ["", ".jpg", ".png"]),
      (["forward", "m.h5", "F", "o.h5"], .hdf5, ["", ".h5"]), (["train", "F"], .configuration, ["", ".yaml"]),
    ]
  }()

  private func prepared() throws -> ConvoyProcess {
    let convoy = try ConvoyProcess()
    try convoy.write(
      "a.yaml",
      """
      model: {input: [28, 28, 1], layers: [Flatten, Dense: {units: 10, activation: softmax}]}
      data: {train: "\(ConvoyProcess.root.path)/data/digits.h5:/train"}
      batch: 100
      shards: 4
      threads: 1

      """)
    let run = try convoy.run(["train", "a.yaml", "--output", "first", "--max-steps", "1"])
    #expect(run.status == 0, "\(run.errors)")
    try FileManager.default.moveItem(atPath: convoy.path("first/last.h5"), toPath: convoy.path("m.h5"))
    return convoy
  }

  /// Every foreign file under every name, by every command: named as what it is, status 3, or 2 of a configuration.
  @Test(arguments: commands.indices) func isNamedAsWhatItIs(index: Int) throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let (arguments, reader, suffixes) = ForeignFileTests.commands[index]
    for foreign in ForeignFileTests.foreign {
      // An empty configuration says what it lacks; an empty checkpoint may have been one.
      if foreign.kind == .empty, reader == .configuration || ["verify", "inspect"].contains(arguments[0]) { continue }
      // NumPy's arrays and tar shards are read there.
      if reader == .data, [.numpy, .numpyArchive, .tar].contains(foreign.kind) { continue }
      // A CSV file is a list of samples there.
      if reader == .data || arguments[0] == "predict", foreign.name.hasSuffix(".csv") { continue }
      for suffix in foreign.name.contains(".") ? [""] : suffixes {
        let name = foreign.name + suffix
        try Data(foreign.bytes).write(to: URL(fileURLWithPath: convoy.path(name)))
        let result = try convoy.run(arguments.map { $0.replacing("F", with: name) })
        let sentence = result.complaints.last ?? result.errors
        // These are read, as far as they go.
        let isRead = reader == .image && foreign.kind.isDecoded
        #expect(
          isRead
            ? sentence.hasSuffix("image is truncated or damaged; replace or remove the file.")
            : sentence.hasSuffix("\(name): \(foreign.kind.sentence(for: reader))."), "\(arguments) \(name): \(sentence)"
        )
        #expect(result.status == (reader == .configuration ? 2 : 3), "\(arguments) \(name)")
      }
    }
  }

  /// Folders of other programs.
  @Test func foldersAreNamedAsWell() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    func folder(_ name: String, _ files: [String: [UInt8]]) throws {
      try FileManager.default.createDirectory(atPath: convoy.path(name), withIntermediateDirectories: true)
      for (file, bytes) in files { try Data(bytes).write(to: URL(fileURLWithPath: convoy.path("\(name)/\(file)"))) }
    }
    try folder("saved", ["saved_model.pb": [8, 1]])
    try folder("hub", ["config.json": Array("{}".utf8), "model.safetensors": []])
    let batch = [0x80, 2, 0x7D, 0x71, 1, 0x28, 0x55, 11] + Array("batch_label".utf8)
    try folder("cifar-10-batches-py", ["data_batch_1": batch, "batches.meta": batch])
    for (name, kind) in [("saved", FileKind.savedModel), ("hub", .pyTorchFolder)] {
      for command in [["inspect", name], ["predict", name, "ok.png"], ["evaluate", name]] {
        let result = try convoy.run(command)
        #expect(
          result.complaints == ["convoy: \(name): \(kind.sentence(for: .model))."] && result.status == 3, "\(command)")
      }
    }
    for (location, sentence) in [
      ("cifar-10-batches-py", "add a split: "), ("cifar-10-batches-py:/train", "is a damaged or truncated pickle"),
      ("saved", "\(FileKind.savedModel.sentence(for: .data))."),
    ] {
      let result = try convoy.run(["train", "a.yaml", "--output", "run", "--set", "data.train=\(location)"])
      #expect(result.complaints.first?.contains(sentence) == true, "\(result.errors)")
    }
  }

  /// MATLAB's files since version 7.3 are HDF5 with the axes the other way round.
  @Test func matlabsHDF5IsNoOther() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    var bytes = Array("MATLAB 7.3 MAT-file, Platform: GLNXA64".utf8)
    bytes += Array(repeating: 0x20, count: 512 - bytes.count)
    bytes += try Data(contentsOf: ConvoyProcess.root.appending(path: "data/digits.h5"))
    try Data(bytes).write(to: URL(fileURLWithPath: convoy.path("a.mat")))
    let data = try convoy.run(["train", "a.yaml", "--output", "run", "--set", "data.train=a.mat:/train"])
    #expect(data.complaints.first?.hasSuffix("\(FileKind.matlab73.sentence(for: .data)).") == true, "\(data.errors)")
    let model = try convoy.run(["inspect", "a.mat"])
    #expect(model.complaints == ["convoy: a.mat: \(FileKind.matlab73.sentence(for: .model))."], "\(model.errors)")
  }

  /// What is not there is said before anything else.
  @Test(arguments: [
    ["evaluate", "none.h5"], ["evaluate", "none.h5", "--data", "a.yaml"], ["features", "none.h5", "--output", "o.h5"],
    ["predict", "none.h5", "a.png"], ["export", "none.h5", "--output", "o.keras"], ["import", "none.h5"],
    ["inspect", "none.h5"], ["verify", "none.h5"], ["forward", "none.h5", "m.h5", "o.h5"],
    ["train", "a.yaml", "--set", "model=./none.h5"],
  ])
  func aFileThatIsNotThere(arguments: [String]) throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let result = try convoy.run(arguments)
    let sentence = result.complaints.first ?? ""
    #expect(result.status == 3 && sentence.contains("none.h5: "), "\(result.errors)")
    #expect(sentence.contains("there is no such file") || sentence.contains("No such file"), "\(sentence)")
  }

  /// No sentence is longer than a person reads, and each says what to do.
  @Test func sentencesAreShort() {
    for kind in FileKind.allCases {
      for reader in FileKind.Reader.allCases {
        let sentence = kind.sentence(for: reader)
        #expect(sentence.count < 260 && sentence.contains("; "), "\(sentence)")
      }
    }
  }
}

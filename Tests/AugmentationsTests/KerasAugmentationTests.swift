import Augmentations
import Datasets
import Foundation
import HDF5
import Kernels
import Tensors
import Testing

/// Outputs of Keras's own layers for an image by given parameters (Tests/Fixtures/keras/write_augmentations.py), within
/// 1e-5 of the range of numbers.
@Suite struct KerasAugmentationTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let arguments: [String: ArgumentValue]
    let drawn: [Float]
    let input: String
    let chains: [[Int]]?
    var testDescription: String { "\(name) \(arguments) \(drawn)" }
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/keras/augmentations").path()

  static let cases: [Case] = {
    guard let data = FileManager.default.contents(atPath: "\(folder)/cases.json") else { return [] }
    return (try? JSONDecoder().decode([Case].self, from: data)) ?? []
  }()

  @Test func thereAreCases() { #expect(Self.cases.count > 90) }

  @Test(arguments: cases.indices) func isKeras(number: Int) throws {
    let trial = Self.cases[number]
    let file = try File(reading: "\(Self.folder)/images.h5")
    func read(_ name: String) throws -> (values: [Float], shape: [Int]) {
      let dataset = try file.root.dataset(name)
      return (try dataset.read(Float.self), dataset.shape)
    }
    let (image, shape) = try read("\(trial.input)/input")
    let wanted = try read("\(number)/output").values
    let picture = FloatPicture(height: shape[0], width: shape[1], channels: shape[2], in: Buffer(image))
    let noise = trial.name == "RandomElasticTransform" ? try read("\(number)/noise").values : []
    try change(picture, trial, noise)
    let range = image.max()! > 1 ? Float(255) : 1
    let differences = zip(picture.numbers.values, wanted).map { abs($0 - $1) / range }
    // A place that rounding puts into the next pixel shows another number where the nearest is taken, or where a
    // picture wraps around.
    let jumps = ["nearest", "wrap"].contains { trial.arguments.values.contains(.text($0)) } ? 2 * shape[2] : 0
    let wrong = differences.count { $0 > 1e-5 }
    #expect(wrong <= jumps, "\(trial.testDescription): \(wrong) of \(wanted.count), \(differences.max()!)")
  }

  /// Two samples, each with the other.
  @Test func mixturesAreKeras() throws {
    let file = try File(reading: "\(Self.folder)/images.h5")
    func read(_ name: String) throws -> [Float] { try file.root.dataset("mixing/\(name)").read(Float.self) }
    let source = MemorySource(
      "pair",
      [
        ColumnValues(.image([13, 16, 3], .float), floats: try read("pair")),
        ColumnValues(Column("label", .categories, .float, shape: [3]), floats: [1, 0, 0, 0, 1, 0]),
      ])
    let samples = (0..<2).map { index in
      var sample = Sample(source.columns)
      source.read(index, epoch: 0, .all, into: &sample)
      return sample
    }
    let boxes = try read("boxes")
    for name in ["up", "cut"] {
      let (images, labels) = (try read(name), try read("\(name)_labels"))
      for index in 0..<2 {
        var output = Sample(source.columns)
        let (own, other) = (samples[index], samples[1 - index])
        if name == "up" {
          MixUp().mix(own, other, weight: [0.3, 0.8][index], into: &output)
        } else {
          let box = boxes[4 * index..<4 * index + 4].map(\.self)
          CutMix().mix(own, other, rows: box[2]..<box[3], columns: box[0]..<box[1], into: &output)
        }
        func isNear(_ values: [Float], _ wanted: ArraySlice<Float>, _ tolerance: Float) -> Bool {
          values.count == wanted.count && zip(values, wanted).allSatisfy { abs($0 - $1) <= tolerance }
        }
        #expect(isNear(output.numbers(of: 0), images[624 * index..<624 * (index + 1)], 255e-5), "\(name) \(index)")
        #expect(isNear(output.numbers(of: 1), labels[3 * index..<3 * (index + 1)], 1e-5), "\(name) \(index)")
      }
    }
  }

  private func change(_ picture: FloatPicture, _ trial: Case, _ noise: [Float]) throws {
    let (drawn, size) = (trial.drawn, picture.size)
    var random = RandomStream(seed: 1, purpose: .synthesis)
    func apply<A: PictureAugmentation>(_ type: A.Type, _ value: (A, inout RandomStream) throws -> A.Drawn) throws {
      let augmentation = try JSONDecoder().decode(A.self, from: JSONEncoder().encode(trial.arguments))
      let memory = Buffer(count: augmentation.scratchPictures * picture.count)
      augmentation.apply(try value(augmentation, &random), to: picture, memory)
    }
    switch trial.name {
    case "RandomRotation": try apply(RandomRotation.self) { $0.draw(size, &$1) }
    case "RandomTranslation": try apply(RandomTranslation.self) { $0.draw(size, &$1) }
    case "RandomZoom": try apply(RandomZoom.self) { $0.draw(size, &$1) }
    case "RandomShear": try apply(RandomShear.self) { shear, _ in shear.shear(x: drawn[0], y: drawn[1]) }
    case "RandomPerspective": try apply(RandomPerspective.self) { map, _ in map.move(size, drawn) }
    case "RandomHue": try apply(RandomHue.self) { _, _ in drawn[0] }
    case "RandomSaturation": try apply(RandomSaturation.self) { $0.draw(size, &$1) }
    case "RandomColorDegeneration": try apply(RandomColorDegeneration.self) { $0.draw(size, &$1) }
    case "RandomGrayscale": try apply(RandomGrayscale.self) { _, _ in drawn[0] == 1 }
    case "RandomSharpness": try apply(RandomSharpness.self) { $0.draw(size, &$1) }
    case "RandomPosterization": try apply(RandomPosterization.self) { $0.draw(size, &$1) }
    case "RandomInvert": try apply(RandomInvert.self) { _, _ in drawn[0] == 1 }
    case "RandomBrightness": try apply(RandomBrightness.self) { $0.draw(size, &$1) }
    case "RandomContrast": try apply(RandomContrast.self) { _, _ in drawn[0] }
    case "RandomColorJitter":
      try apply(RandomColorJitter.self) { _, _ in
        .init(brightness: drawn[0], contrast: drawn[1], saturation: drawn[2], hue: drawn[3])
      }
    case "RandomErasing":
      try apply(RandomErasing.self) { .init(rows: drawn[2]..<drawn[3], columns: drawn[0]..<drawn[1], random: $1) }
    case "AutoContrast": try apply(AutoContrast.self) { _, _ in }
    case "Equalization": try apply(Equalization.self) { _, _ in }
    case "Solarization": try apply(Solarization.self) { _, _ in .init(addition: drawn[0], threshold: drawn[1]) }
    case "RandomGaussianBlur":
      try apply(RandomGaussianBlur.self) { _, _ in .init(across: drawn[0], down: drawn[1]) }
    case "RandomElasticTransform":
      let elastic = try JSONDecoder().decode(
        RandomElasticTransform.self, from: JSONEncoder().encode(trial.arguments))
      let half = noise.count / 2
      let map = elastic.map(
        drawn[0], size, right: Buffer(Array(noise[..<half])), down: Buffer(Array(noise[half...])), Buffer(count: half))
      let before = picture.like(in: Buffer(picture.numbers.values))
      map.apply(before, into: picture)
      picture.clip(0...255)
    case "RandAugment":
      try apply(RandAugment.self) { _, _ in try Self.steps(drawn.map { Int($0) }, size) }
    case "AugMix":
      try apply(AugMix.self) { _, _ in
        .init(
          ownWeight: drawn[0], weights: Array(drawn.dropFirst()),
          chains: try trial.chains!.map { try Self.steps($0, size) })
      }
    default: Issue.record("nobody applies \(trial.name)")
    }
  }

  /// What the script has drawn for each augmentation of the list, by its number.
  private static func steps(_ numbers: [Int], _ size: ImageSize) throws -> [AugmentationList.Step] {
    var random = RandomStream(seed: 1, purpose: .synthesis)
    let translation = RandomTranslation(FactorRange(0.23, 0.23), FactorRange(-0.31, -0.31)).draw(size, &random)
    let shear = RandomShear(FactorRange(0.5), FactorRange(0.5)).shear(x: 0.2, y: -0.1)
    let rotation = RandomRotation(FactorRange(0.5)).turn(size, 0.07)
    let all: [AugmentationList.Step] = [
      .map(shear), .map(translation), .map(rotation), .brightness(40), .degeneration(0.4), .contrast(1.2),
      .sharpness(0.3), .posterization(3), .solarization(.init(addition: 12, threshold: 100)), .autoContrast,
      .equalization,
    ]
    return numbers.map { all[$0] }
  }
}

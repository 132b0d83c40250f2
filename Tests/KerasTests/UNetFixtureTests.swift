import Foundation
import Networks
import Tensors
import Testing

/// A step of the U-Net for CamVid as PyTorch computes it in double precision, where `../shared/peers` is present.
struct UNetFixtureTests {
  static let path = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/peers/fixtures/camvid_unet_w0.5.npz").standardized.path
  static let isPresent = FileManager.default.fileExists(atPath: path)
  private static let (classes, void, images) = (11, 11, 4)
  private static let image: Shape = [84, 112, 3]

  private let archive: NumPyArchive
  /// Without the softmax at the end.
  private let graph: Graph
  private let weights: Weights

  init() throws {
    archive = try NumPyArchive(reading: UNetFixtureTests.path)
    graph = try Models.make("unet-4-8", input: UNetFixtureTests.image, classes: UNetFixtureTests.classes)
      .endingInLogits
    weights = Weights(ParameterTable(graph))
    for entry in weights.table.entries {
      weights[entry].replace(with: try #require(try archive.values("weights/\(entry.path)"), "\(entry.path)"))
    }
  }

  private func network(_ mode: Mode) throws -> Network {
    Network(try Planner().plan(graph, lanes: 16, mode: mode), weights: weights)
  }

  private func inputs() throws -> [Golden.Array] {
    let (values, count) = (try #require(try archive.values("inputs")), UNetFixtureTests.image.count)
    return [Golden.Array(samples: (0..<UNetFixtureTests.images).map { Array(values[$0 * count..<($0 + 1) * count]) })]
  }

  @Test(.enabled(if: isPresent, "../shared/peers/fixtures is absent")) func everyVariableIsThere() throws {
    let names = archive.names.filter { $0.hasPrefix("weights/") }.map { String($0.dropFirst(8)) }
    #expect(Set(names) == Set(weights.table.entries.map(\.path)) && names.count == weights.table.entries.count)
  }

  @Test(.enabled(if: isPresent, "../shared/peers/fixtures is absent")) func inferenceIsPyTorchs() throws {
    let logits = try network(.inference).run(try inputs())[0]
    let error = difference(logits, try #require(try archive.values("inference/logits")))
    print("U-Net, logits at inference: \(error)")
    #expect(error <= 4e-6)
  }

  /// PyTorch's own single precision comes as close as 4e-6 (logits), 5e-4 (gradients), 1e-7 (statistics). A single
  /// gradient may be off by more where a ReLU lies on zero: it is judged by its norm.
  @Test(.enabled(if: isPresent, "../shared/peers/fixtures is absent")) func aStepIsPyTorchs() throws {
    let network = try network(.training)
    network.shard.gradients = Buffer(count: weights.table.trainableCount)
    let logits = network.run(try inputs())[0]
    let error = difference(logits, try #require(try archive.values("logits")))
    print("U-Net, logits in training: \(error)")
    #expect(error <= 1e-5)

    let (losses, gradients) = try losses(of: logits)
    let lossError = difference(losses, try #require(try archive.values("losses")))
    print("U-Net, losses: \(lossError)")
    #expect(lossError <= 1e-6)
    let output = network.outputGradients[0]
    for lane in 0..<output.lanes {
      output.setSample(
        lane,
        gradients.indices.contains(lane) ? gradients[lane] : Array(repeating: 0, count: output.shape.count))
    }
    network.backward { _ in }
    var (worst, worstNorm): (Float, Double) = (0, 0)
    for entry in weights.table.entries where entry.parameter.kind == .trainable {
      let own = network.shard.gradients[entry.range].values
      let wanted = try #require(try archive.values("gradients/\(entry.path)"))
      let distance = zip(own, wanted).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }.squareRoot()
      let norm = wanted.reduce(0.0) { $0 + Double($1 * $1) }.squareRoot()
      (worst, worstNorm) = (max(worst, difference(own, wanted)), max(worstNorm, distance / norm))
      #expect(difference(own, wanted) <= 1e-2 && distance <= 5e-3 * norm, "\(entry.path)")
    }
    print("U-Net, gradients: largest \(worst), by norm \(worstNorm)")

    network.updateStates(by: network.moments)
    var statistics: Float = 0
    for entry in weights.table.entries where entry.parameter.isState {
      let error = difference(weights[entry].values, try #require(try archive.values("updated/\(entry.path)")))
      statistics = max(statistics, error)
      #expect(error <= 1e-6, "\(entry.path)")
    }
    print("U-Net, moving statistics: \(statistics)")
  }

  /// The cross-entropy of every image, a mean over its pixels that are not void, and the gradients of their mean.
  private func losses(of logits: [Float]) throws -> (losses: [Float], gradients: [[Float]]) {
    let masks = try #require(try archive.values("masks")).map { Int($0) }
    let (images, classes) = (UNetFixtureTests.images, UNetFixtureTests.classes)
    let pixels = masks.count / images
    var (losses, gradients): ([Float], [[Float]]) = ([], [])
    for image in 0..<images {
      let valid = masks[image * pixels..<(image + 1) * pixels].count { $0 != UNetFixtureTests.void }
      var (loss, gradient) = (0.0, Array(repeating: Float(0), count: pixels * classes))
      for pixel in 0..<pixels where masks[image * pixels + pixel] != UNetFixtureTests.void {
        let target = masks[image * pixels + pixel]
        let first = (image * pixels + pixel) * classes
        let exponentials = logits[first..<first + classes].map { exp(Double($0)) }
        let sum = exponentials.reduce(0, +)
        loss += log(sum) - Double(logits[first + target])
        for number in 0..<classes {
          let part = exponentials[number] / sum - (number == target ? 1 : 0)
          gradient[pixel * classes + number] = Float(part / Double(valid * images))
        }
      }
      losses.append(Float(loss / Double(valid)))
      gradients.append(gradient)
    }
    return (losses, gradients)
  }
}

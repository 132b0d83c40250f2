import Datasets
import Foundation
public import Tasks
import Tensors

/// A picture of samples as the network is given them: after all transforms, with the draws of an epoch, with what is
/// known of each. Numbers are undone to those that are stored, so that they can be looked at.
public struct DataPreview {
  /// The splits of a recipe's data.
  public enum Split: String, Sendable, CaseIterable { case train, validation, test }

  private let source: any DataSource
  private let preparation: Preparation
  private let sampler: Sampler

  /// - Parameter split: training data has transforms and comes in the order of the epoch; other data neither.
  public init(_ recipe: Recipe, split: Split = .train) throws(TrainingError) {
    do { try recipe.validate() } catch { throw TrainingError(.configuration, error.description) }
    let settled = try recipe.settled(by: recipe.preprocessingChoice())
    let sources = try TrainingSources(settled, rank: 0, of: 1)
    let (source, preparation): ((any DataSource)?, Preparation?) =
      switch split {
      case .train: (sources.train, sources.trainPreparation)
      case .validation: (sources.validation, sources.validationPreparation)
      case .test: (sources.test, sources.testPreparation)
      }
    guard let source, let preparation else {
      throw TrainingError(
        .configuration,
        "the configuration names no \(split.rawValue) data; add 'data.\(split.rawValue)', or choose another --split.")
    }
    guard source.hasImage, preparation.columns[0].shape.rank == 3 else {
      throw TrainingError(
        .configuration, "\(source.location) has no images to show; 'convoy data check' tells what it holds.")
    }
    (self.source, self.preparation) = (source, preparation)
    let isTrained = split == .train
    sampler = Sampler(
      count: source.count, batch: settled.batch, shards: settled.shards,
      shuffledBy: isTrained ? UInt64(bitPattern: Int64(settled.seed)) : nil,
      draws: isTrained ? try SampleDraws.of(source, settled.data.sampling ?? .once) : nil)
  }

  /// Samples of an epoch.
  public var count: Int { source.count }

  /// The first samples of an epoch.
  ///
  /// - Parameters:
  ///   - epoch: counted from 0.
  ///   - samples: as many, or those of the whole epoch.
  public func picture(epoch: Int, samples: Int) throws(TrainingError) -> Picture {
    let wanted = min(samples, source.count)
    let columns = preparation.columns
    let images = columns.filter { $0.kind == .image && $0.shape.rank == 3 }.map(\.name)
    let targets = columns.filter { $0.kind != .image && $0.kind != .weight }.map(\.name)
    let loader = Loader(
      source, inputs: images, targets: targets, sampler: sampler, shards: 0..<sampler.shards,
      preparation: preparation, from: epoch * source.count, ahead: 1)
    var sheet = ContactSheet()
    var (shown, classes) = (0, [Int: String]())
    do throws(DataError) {
      loading: while let batch = try loader.next() {
        for shard in batch.shards {
          for lane in 0..<shard.liveCount {
            add(shard, lane, images, targets, to: &sheet, &classes)
            shown += 1
            if shown == wanted { break loading }
          }
        }
      }
    } catch {
      throw TrainingError(.data, error.description)
    }
    var picture = sheet.picture
    picture.drawLegend(classes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    return picture
  }

  /// - Parameter classes: of masks, those that have been drawn.
  private func add(
    _ shard: LoadedShard, _ lane: Int, _ images: [String], _ targets: [String], to sheet: inout ContactSheet,
    _ classes: inout [Int: String]
  ) {
    let columns = preparation.columns
    func position(_ name: String) -> Int { columns.firstIndex { $0.name == name }! }
    var pictures = zip(images, shard.inputs).map { name, tensor in
      let numbers = preparation.stored(tensor.numbers(lane), of: position(name))
      return Picture(numbers: numbers, shape: columns[position(name)].shape)
    }
    let index = Int(shard.samples[lane])
    let file = source.name(of: index).map { String($0.split(separator: "/").last ?? "") } ?? "sample \(index)"
    var caption = [file]
    for (name, tensor) in zip(targets, shard.targets) {
      let (column, numbers) = (columns[position(name)], tensor.numbers(lane))
      switch column.kind {
      case .category: caption.append(className(column, Int(numbers[0])))
      case .categories:
        let labels = numbers.indices.filter { numbers[$0] == 1 }.map { className(column, $0) }
        caption.append(labels.isEmpty ? "-" : labels.joined(separator: ", "))
      case .numbers: caption.append("\(name) " + numbers.map { String(format: "%.4g", $0) }.joined(separator: " "))
      case .mask:
        pictures.append(pictures[0])
        let mask = numbers.map { Int($0) == column.void ? -1 : Int($0) }
        for number in Set(mask) where number >= 0 { classes[number] = className(column, number) }
        pictures[pictures.count - 1].draw(
          mask: mask, height: column.shape.height,
          width: column.shape.width, names: [:], hasLegend: false)
      case .boxes:
        for first in stride(from: 0, to: numbers.count, by: column.shape.channels) {
          let box = Box(
            SIMD4(numbers[first], numbers[first + 1], numbers[first + 2], numbers[first + 3]), column.encoding)
          guard box.area > 0 else { continue }
          let label = column.shape.channels > 4 ? Int(numbers[first + 4]) : nil
          pictures[0] = pictures[0].enlarged(to: ContactSheet.side)
          pictures[0].draw(box, number: (label ?? 0) + 1, label: label.map(String.init) ?? "")
        }
      case .image, .text, .weight: break
      }
    }
    for (number, picture) in pictures.enumerated() { sheet.add(picture, caption: number == 0 ? caption : [""]) }
  }

  private func className(_ column: Column, _ number: Int) -> String {
    column.classNames.indices.contains(number) ? column.classNames[number] : String(number)
  }
}

extension Tensor {
  /// The numbers of one lane, row-major with channels last.
  fileprivate func numbers(_ lane: Int) -> [Float] {
    var numbers: [Float] = []
    numbers.reserveCapacity(shape.count)
    for depth in 0..<layout.depth {
      for row in 0..<layout.height {
        for column in 0..<layout.width {
          for channel in 0..<layout.channels {
            numbers.append(self[lane: lane, depth: depth, height: row, width: column, channel: channel])
          }
        }
      }
    }
    return numbers
  }
}

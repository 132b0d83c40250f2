import Kernels
import Networks
import Tensors

/// A part of one parameter with its gradients and slots, small enough to stay in cache over the passes of an update.
struct UpdateBlock: Sendable {
  /// Floats of a block, at most: the weights, gradients and two slots of one fill half a megabyte.
  static let limit = 1 << 15

  /// The number of the parameter.
  let parameter: Int
  let weights: Buffer
  /// Of a gradient that is kept as factors: memory that blocks of one worker use in turn.
  var gradients: Buffer
  /// The rows of the kernel, where its gradient is kept as factors; `gradients` is written anew in every pass then.
  let product: Product?
  let slots: [Buffer]
  /// The moving average of the weights, where one is kept.
  let average: Buffer?
  let regularizer: Regularizer?
  /// Whether the parameter has one dimension or none: a bias, or a scale or offset of a normalisation.
  let isVector: Bool
  /// What the learning rate of the layer is multiplied by, and the step at which its training began.
  let rateFactor: Float
  let firstStep: Int

  struct Product: Sendable {
    /// In the table of factors.
    let place: Int
    let rows: Range<Int>
  }

  /// Floats of a block whose gradient is multiplied out, at most: the factors of the outputs' gradients are read for
  /// each.
  static let productLimit = 1 << 17

  /// Of all trainable parameters, in the order of memory.
  ///
  /// - Parameters:
  ///   - factors: where gradients lie that are kept as factors.
  ///   - rates: by layer, what its learning rate is multiplied by; 1 for others.
  ///   - firstSteps: by layer, the step at which its training began; 0 for others.
  static func blocks(
    of weights: Weights, gradients: Buffer, factors: FactorTable?, slots: [Buffer], average: Buffer?,
    rates: [String: Double],
    firstSteps: [String: Int]
  ) -> [UpdateBlock] {
    let entries = weights.table.entries.filter { $0.parameter.kind == .trainable }
      .sorted { $0.range.lowerBound < $1.range.lowerBound }
    return entries.enumerated().flatMap { index, entry in
      let place = factors?.places.firstIndex { $0.entry.range == entry.range }
      // Whole rows of a kernel.
      let row = place.map { factors!.places[$0].factors.units } ?? 1
      let length = max(1, (place == nil ? limit : productLimit) / row) * row
      let (start, end) = (entry.range.lowerBound, entry.range.upperBound)
      return stride(from: start, to: end, by: length).map { first in
        let range = first..<min(first + length, end)
        return UpdateBlock(
          parameter: index, weights: weights.trainable[range], gradients: place == nil ? gradients[range] : .empty,
          product: place.map { Product(place: $0, rows: (first - start) / row..<(range.upperBound - start) / row) },
          slots: slots.map { $0[range] },
          average: average.map { $0[range] },
          regularizer: entry.parameter.regularizer, isVector: entry.parameter.shape.count <= 1,
          rateFactor: Float(rates[entry.layer] ?? 1), firstStep: firstSteps[entry.layer] ?? 0)
      }
    }
  }

  /// Consecutive blocks for every worker, about as many floats for each.
  static func shares(of blocks: [UpdateBlock], among workers: Int) -> [Range<Int>] {
    let total = blocks.reduce(0) { $0 + $1.weights.count }
    var (shares, start, floats): ([Range<Int>], Int, Int) = ([], 0, 0)
    for worker in 1...workers {
      var end = start
      while end < blocks.count, worker == workers || floats < total * worker / workers {
        floats += blocks[end].weights.count
        end += 1
      }
      shares.append(start..<end)
      start = end
    }
    return shares
  }
}

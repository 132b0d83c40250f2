import Kernels
package import Networks
package import Tensors

/// Moves all trainable weights along their summed gradients: regularizers, clipping, the optimizer, the average of the
/// weights, then constraints. The workers of a rank share the work by blocks of parameters, in as few passes over
/// memory as the norms allow that have to be known first: one for most optimizers. How the work is shared changes no
/// bit, and a step allocates nothing.
package final class WeightUpdater: @unchecked Sendable {
  private let optimizer: any Optimizer
  private let layerwise: (any LayerwiseOptimizer)?
  private let choice: OptimizerChoice
  /// Of the average of the weights.
  private let decay: Float
  private let pool: WorkerPool
  private let blocks: [UpdateBlock]
  private let factors: FactoredGradients?
  /// The blocks of every worker.
  private let shares: [Range<Int>]
  private let norms: [BlockNorms]
  /// Whole parameters that are made to fulfil a constraint after each step, dealt out to the workers one by one.
  private let constrained: [(constraint: Constraint, weights: Buffer, shape: [Int])]
  /// Of every parameter, by what its rate is multiplied.
  private var trusts: [Double]
  private var measuring: (@Sendable (Int) -> Void)!
  private var directing: (@Sendable (Int) -> Void)!
  private var moving: (@Sendable (Int) -> Void)!
  private var constraining: (@Sendable (Int) -> Void)!

  private var rate: Float = 0
  private var step = 0
  /// By what clipping multiplies all gradients.
  private var scale: Float = 1
  /// Whether the gradients are ready for the optimizer: an earlier pass has added the regularizers and clipped.
  private var isPenalized = false

  /// - Parameters:
  ///   - factors: gradients that are kept as factors; not with an optimizer that takes the norms of layers.
  ///   - average: the moving average of the weights, and its decay; nil where none is kept.
  ///   - rates: by layer, what its learning rate is multiplied by; 1 for others.
  ///   - firstSteps: by layer, the step at which its training began, from which its optimizer counts; 0 for others.
  package init(
    _ choice: OptimizerChoice, weights: Weights, gradients: Buffer, factors: FactoredGradients? = nil, slots: [Buffer],
    pool: WorkerPool, average: (values: Buffer, decay: Double)? = nil, rates: [String: Double] = [:],
    firstSteps: [String: Int] = [:]
  ) {
    (self.choice, self.pool, decay) = (choice, pool, Float(average?.decay ?? 0))
    optimizer = choice.make()
    layerwise = optimizer as? any LayerwiseOptimizer
    precondition(
      factors == nil || layerwise == nil, "the direction of a layer-wise optimizer takes the place of a gradient")
    var blocks = UpdateBlock.blocks(
      of: weights, gradients: gradients, factors: factors?.table, slots: slots, average: average?.values, rates: rates,
      firstSteps: firstSteps)
    shares = UpdateBlock.shares(of: blocks, among: pool.count)
    let products = blocks.filter { $0.product != nil }.map(\.weights.count).max() ?? 0
    let results = shares.map { _ in Buffer(count: products) }
    for (result, share) in zip(results, shares) {
      for index in share where blocks[index].product != nil {
        blocks[index].gradients = result[0..<blocks[index].weights.count]
      }
    }
    (self.blocks, self.factors) = (blocks, factors)
    norms = shares.map { BlockNorms(count: $0.count) }
    constrained = weights.table.entries.compactMap { entry in
      guard entry.parameter.kind == .trainable, let constraint = entry.parameter.constraint else { return nil }
      return (constraint, weights[entry], entry.parameter.shape)
    }
    trusts = Array(repeating: 1, count: (blocks.last?.parameter ?? -1) + 1)
    measuring = { [unowned self] worker in measure(worker: worker) }
    directing = { [unowned self] worker in direct(worker: worker) }
    moving = { [unowned self] worker in move(worker: worker) }
    constraining = { [unowned self] worker in constrain(worker: worker) }
  }

  /// - Parameters:
  ///   - rate: of this step.
  ///   - step: counted from 0.
  package func update(rate: Float, step: Int) {
    (self.rate, self.step, scale, isPenalized) = (rate, step, 1, false)
    if let limit = choice.clipNorm {
      pool.run(measuring)
      isPenalized = true
      let norm = norms.reduce(0) { $0 + $1.gradients.reduce(0, +) }.squareRoot()
      if norm > limit { scale = Float(limit / norm) }
    }
    if let layerwise {
      pool.run(directing)
      setTrusts(layerwise)
    }
    pool.run(moving)
    if !constrained.isEmpty { pool.run(constraining) }
  }

  private func constrain(worker: Int) {
    for index in stride(from: worker, to: constrained.count, by: pool.count) {
      let (constraint, weights, shape) = constrained[index]
      constraint.apply(to: weights, shape: shape)
    }
  }

  /// Gradients with what regularizers add, and their squares.
  private func measure(worker: Int) {
    for (position, index) in shares[worker].enumerated() {
      let block = blocks[index]
      multiply(block)
      penalize(block)
      norms[worker].gradients[position] = block.gradients.sumOfSquares
    }
  }

  /// The directions of a layer-wise optimizer, and the squares that its trust asks for.
  private func direct(worker: Int) {
    for (position, index) in shares[worker].enumerated() where !blocks[index].isVector {
      let block = blocks[index]
      settle(block)
      layerwise!.direct(block.weights, gradients: block.gradients, slots: block.slots, step: step - block.firstStep)
      norms[worker].weights[position] = block.weights.sumOfSquares
      norms[worker].gradients[position] = block.gradients.sumOfSquares
    }
  }

  private func move(worker: Int) {
    for index in shares[worker] {
      let block = blocks[index]
      let (rate, step) = (rate * block.rateFactor, step - block.firstStep)
      multiply(block)
      // Behind the optimizer, before constraints: as Keras does it.
      defer { block.average?.follow(block.weights, momentum: step == 0 ? 0 : decay) }
      guard let layerwise else {
        settle(block)
        optimizer.update(block.weights, gradients: block.gradients, slots: block.slots, rate: rate, step: step)
        continue
      }
      if block.isVector {
        settle(block)
        layerwise.vectorOptimizer.update(
          block.weights, gradients: block.gradients, slots: block.slots, rate: rate, step: step)
      } else {
        let own = Float(Double(rate) * trusts[block.parameter])
        layerwise.update(block.weights, gradients: block.gradients, slots: block.slots, rate: own, step: step)
      }
    }
  }

  /// Writes the gradients of a block that are kept as factors.
  private func multiply(_ block: UpdateBlock) {
    guard let product = block.product else { return }
    factors!.multiply(product.place, rows: product.rows, into: block.gradients)
  }

  /// Makes the gradients of a block ready for the optimizer.
  private func settle(_ block: UpdateBlock) {
    if !isPenalized || block.product != nil { penalize(block) }
    if scale != 1 { block.gradients.scale(by: scale) }
    if let limit = choice.clipValue { block.gradients.clamp(to: Float(limit)) }
  }

  private func penalize(_ block: UpdateBlock) {
    block.regularizer?.addGradient(of: block.weights, to: block.gradients)
  }

  /// The norms of whole parameters, summed in the order of the blocks.
  private func setTrusts(_ layerwise: any LayerwiseOptimizer) {
    var (weights, directions, parameter) = (0.0, 0.0, 0)
    func finish() {
      trusts[parameter] = layerwise.trust(weightNorm: weights.squareRoot(), directionNorm: directions.squareRoot())
    }
    for worker in shares.indices {
      for (position, index) in shares[worker].enumerated() {
        if blocks[index].parameter != parameter {
          finish()
          (weights, directions, parameter) = (0, 0, blocks[index].parameter)
        }
        weights += norms[worker].weights[position]
        directions += norms[worker].gradients[position]
      }
    }
    if !blocks.isEmpty { finish() }
  }
}

import Communication
import Datasets
import Foundation
import Networks
import Synchronization
package import Tensors
import Testing
public import Training

/// A training run on the digits that ship with the repository, on ranks that are threads of this process.
public struct TrainingRun {
  public var recipe: Recipe
  public var ranks = 1
  public var threads = 1
  /// What each rank is told of its machine's memory; nil leaves that to the machine.
  package var memory: (@Sendable (_ rank: Int) -> MemoryState)?

  /// A short recipe with batch norm and partial shards: 4,000 digits in batches of 72, 8 shards of 9.
  public init(model: String = "resnet8") {
    recipe = Recipe(model: .named(model), data: DataChoice(train: TrainingRun.digits + ":/train"))
    (recipe.batch, recipe.shards, recipe.epochs) = (72, 8, 2)
    recipe.optimizer.rate = 0.05
    recipe.optimizer.momentum = 0.9
    recipe.augmentation = [.padCrop(2)]
    recipe.checkpoint.every = .epochs(100)
  }

  /// A small network in Keras's vocabulary, with regularizers of all kinds or none.
  public static func regularized(_ isRegularized: Bool = true) -> TrainingRun {
    func penalty(_ factors: [String: JSONValue]) -> JSONValue {
      isRegularized ? .object(["class_name": "L1L2", "config": .object(factors)]) : .null
    }
    var run = TrainingRun()
    run.recipe.model = .layers(
      [
        .init(
          className: "Conv2D",
          values: [
            "filters": 5, "kernel_size": 3, "strides": 2, "kernel_regularizer": penalty(["l1": 0.001, "l2": 0.02]),
          ]),
        .init(
          className: "BatchNormalization",
          values: [
            "gamma_regularizer": isRegularized ? "l2" : nil, "beta_regularizer": penalty(["l1": 0.01]),
            "beta_initializer": .object(["class_name": "Constant", "config": .object(["value": -0.25])]),
          ]),
        .init(className: "ReLU"), .init(className: "Flatten"),
        .init(
          className: "Dense",
          values: [
            "units": 10, "kernel_regularizer": penalty(["l2": 0.003]), "bias_regularizer": isRegularized ? "l1" : nil,
          ]),
      ], input: [28, 28, 1])
    return run
  }

  /// Digits to 2,048 units, whose kernel has 1.6 million weights, and ten classes.
  ///
  /// - Parameter isFactored: whether the gradient of the kernel is kept as factors; otherwise the layer is the same at
  ///   a single position.
  public static func wide(isFactored: Bool = true, shards: Int = 8) -> TrainingRun {
    var run = TrainingRun()
    (run.recipe.shards, run.recipe.batch) = (shards, 9 * shards)
    run.recipe.optimizer.rate = 0.01
    run.recipe.model = .layers(
      [
        .init(className: "Reshape", values: ["target_shape": isFactored ? [784] : [1, 784]]),
        .init(
          className: "Dense",
          values: [
            "units": 2048, "activation": "relu",
            "kernel_regularizer": .object(["class_name": "L2", "config": .object(["l2": 0.001])]),
          ]),
        .init(className: "Flatten", values: [:]), .init(className: "Dense", values: ["units": 10]),
      ], input: [28, 28, 1])
    return run
  }

  public static let digits = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "data/digits.h5").path()

  /// Trains in a folder and gives the summary of every rank.
  ///
  /// - Parameters:
  ///   - callbacks: of one rank.
  ///   - began: called on the first rank before its first step.
  public func train(
    in folder: borrowing TemporaryFolder, steps: Int, resume: Bool = false, dataChanged: Bool = false,
    callbacks makeCallbacks: @escaping @Sendable (_ rank: Int) -> [any Callback] = { _ in [] },
    began: @escaping @Sendable (Trainer) -> Void = { _ in }
  ) throws -> [TrainingSummary] {
    var recipe = recipe
    recipe.threads = .fixed(threads)
    let results = Mutex<[Int: Result<TrainingSummary, any Error>]>([:])
    let path = folder.path
    let group = InProcessCommunicator.group(size: ranks)
    let threads = group.map { communicator in
      let thread = Thread { [recipe, memory] in
        let result = Result { () throws in
          let trainer = try Trainer(
            recipe, folder: path, communicator: communicator, resume: resume, dataChanged: dataChanged, isTrial: false,
            memoryState: { memory?(communicator.rank) ?? .current })
          if communicator.rank == 0 { began(trainer) }
          var callbacks = makeCallbacks(communicator.rank)
          return try trainer.train(maxSteps: steps, callbacks: &callbacks)
        }
        results.withLock { $0[communicator.rank] = result }
      }
      thread.stackSize = 8 << 20
      return thread
    }
    for thread in threads { thread.start() }
    while results.withLock({ $0.count }) < ranks { usleep(1000) }
    return try results.withLock { results in try (0..<ranks).map { try results[$0]!.get() } }
  }

  /// The digest of the weights after so many steps, the same on every rank.
  public func digest(steps: Int) throws -> String {
    let folder = try TemporaryFolder()
    let summaries = try train(in: folder, steps: steps)
    #expect(Set(summaries.map(\.weightsDigest)).count == 1, "ranks differ")
    return summaries[0].weightsDigest
  }
}

/// A value that one thread leaves for another.
public final class Box<Value: Sendable>: Sendable {
  private let content = Mutex<Value?>(nil)

  public init() {}

  public var value: Value? {
    get { content.withLock { $0 } }
    set { content.withLock { $0 = newValue } }
  }
}

/// A folder that is removed with its contents.
public struct TemporaryFolder: ~Copyable {
  public let path: String

  public init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "convoy-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

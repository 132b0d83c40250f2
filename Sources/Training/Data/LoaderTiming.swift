import Datasets

/// How fast one thread prepares samples of a recipe: the loader alone, without a network, for one epoch.
public struct LoaderTiming: Sendable, Codable {
  public let samples: Int
  public let seconds: Double
  public let imagesPerSecond: Double
  /// Shares of the time of the thread.
  public let reading: Double, transforming: Double, writing: Double

  /// Loads the training data once, as the first epoch does.
  public init(_ recipe: Recipe) throws(TrainingError) {
    do { try recipe.validate() } catch { throw TrainingError(.configuration, error.description) }
    let settled = try recipe.settled(by: recipe.preprocessingChoice())
    let sources = try TrainingSources(settled, rank: 0, of: 1)
    let source = sources.train
    let sampler = Sampler(
      count: source.count, batch: settled.batch, shards: settled.shards,
      shuffledBy: UInt64(bitPattern: Int64(settled.seed)))
    let start = ContinuousClock.now
    let loader = Loader(
      source, sampler: sampler, shards: 0..<sampler.shards, preparation: sources.trainPreparation, to: source.count)
    do throws(DataError) {
      while try loader.next() != nil {}
    } catch {
      throw TrainingError(.data, error.description)
    }
    (samples, seconds) = (source.count, start.seconds)
    imagesPerSecond = Double(samples) / seconds
    let times = loader.times
    (reading, transforming) = (times.reading / times.total, times.transforming / times.total)
    writing = times.writing / times.total
  }
}

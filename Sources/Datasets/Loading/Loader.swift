import Glibc
public import Kernels
public import Tensors

/// Prepares the batches of one rank in the background, some ahead of the one in use.
///
/// What it delivers is a pure function of its arguments: neither threads nor timing nor other ranks matter.
@safe
public final class Loader: Sendable {
  /// Batches prepared before they are asked for; the one in use comes on top.
  public static let defaultAhead = 2

  private let prefetcher: Prefetcher
  private let threads: [pthread_t]

  /// Starts to load.
  ///
  /// - Parameters:
  ///   - inputs: the columns that the network takes; nil for the first, the image.
  ///   - targets: the columns that it is to give; nil for the class or classes, where the source has them.
  ///   - cuts: how inputs are cut into strips; they are whole where there is none.
  ///   - shards: the shards of every batch that this rank works on.
  ///   - border: of the tensors.
  ///   - start: samples consumed before; where a run is resumed.
  ///   - end: the cursor to stop at; nil goes on for ever.
  ///   - ahead: batches prepared before they are asked for; each takes the memory of the rank's shards.
  ///   - threads: threads that prepare batches.
  public init(
    _ source: any DataSource, inputs: [String]? = nil, targets: [String]? = nil, cuts: [StripMove.Cut?] = [],
    sampler: Sampler, shards: Range<Int>, preparation: Preparation, border: Border = .none, from start: Int = 0,
    to end: Int? = nil,
    ahead: Int = Loader.defaultAhead, threads: Int = 1
  ) {
    precondition(source.count == sampler.count && shards.lowerBound >= 0 && shards.upperBound <= sampler.shards)
    precondition(start >= 0 && ahead > 0 && threads > 0)
    let lanes = Layout.lanes(forImages: sampler.shardSize)
    let loaded = LoadedColumns(source.columns, inputs: inputs, targets: targets)
    func tensors(_ positions: [Int]) -> [Tensor] {
      positions.map { Tensor(preparation.columns[$0].shape, lanes: lanes) }
    }
    func inputTensors() -> [Tensor] {
      zip(loaded.inputs, loaded.cuts(cuts)).map { position, cut in
        Tensor(
          cut?.shape ?? preparation.columns[position].shape, lanes: lanes, border: cut == nil ? border : .none)
      }
    }
    let slots = (0...ahead).map { _ in
      shards.map { index in
        LoadedShard(
          index: index, inputs: inputTensors(), targets: tensors(loaded.targets),
          weights: Array(repeating: 0, count: lanes),
          samples: Array(repeating: 0, count: lanes), draws: Array(repeating: 0, count: lanes), liveCount: 0)
      }
    }
    let prefetcher = Prefetcher(
      sampler, slots: slots, from: start, to: end ?? .max,
      changing: source.changesWithEpochs ? source : nil
    ) {
      LaneWriter(source, loaded, preparation, cuts: loaded.cuts(cuts))
    }
    self.prefetcher = prefetcher
    self.threads = (0..<threads).map { _ in Loader.startThread(prefetcher) }
  }

  deinit {
    prefetcher.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// The next batch; nil at the end. Waits until it is ready.
  ///
  /// The tensors of the batch before it are reused from now on. An error is met where its batch would have come, and
  /// again at every later call.
  public func next() throws(DataError) -> LoadedBatch? { try prefetcher.take().get() }

  /// What its threads have spent on the batches that they have prepared.
  public var times: LoadingTimes { prefetcher.times }

  private static func startThread(_ prefetcher: Prefetcher) -> pthread_t {
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        unsafe Unmanaged<Prefetcher>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(prefetcher).toOpaque())
    if code != 0 { MemoryError.noThread(code).end() }
    return thread
  }
}

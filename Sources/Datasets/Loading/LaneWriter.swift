import Kernels
import Tensors

/// Reads samples, transforms them, and stores one in each lane of the tensors of a shard, sixteen together. Belongs to
/// one thread.
final class LaneWriter {
  private static let group = Layout.laneMultiple

  private let source: any DataSource
  private let preparation: Preparation
  private let loaded: LoadedColumns
  private let wanted: ColumnSet
  private var samples: [Sample]
  /// A sample as it is stored, and what transforms make of it one after the other; where they make new ones.
  private var stored: Sample, memory: TransformMemory
  private let inputs: [ColumnWriter], targets: [ColumnWriter]
  /// The inputs that are cut into strips: how, and the whole images before that.
  private let cut: [(move: StripMove, whole: Tensor)?]
  /// Columns of boxes that the network learns in another form than samples have.
  private let encoded: [Int]
  /// Since they were taken.
  private var times = LoadingTimes()

  init(_ source: any DataSource, _ loaded: LoadedColumns, _ preparation: Preparation, cuts: [StripMove.Cut?]) {
    precondition(source.columns == preparation.stored)
    (self.source, self.loaded, self.preparation, wanted) = (source, loaded, preparation, loaded.wanted)
    samples = (0..<LaneWriter.group).map { [wanted] _ in Sample(preparation.columns, wanted) }
    stored = Sample(source.columns, preparation.makesSamples ? wanted : ColumnSet())
    memory = preparation.makeMemory(wanted)
    let writers = { (positions: [Int]) in
      positions.map { ColumnWriter($0, preparation.columns[$0], preparation.arithmetic[$0]) }
    }
    encoded = preparation.columns.indices.filter { [wanted] in
      wanted.contains($0) && preparation.columns[$0].encoding != .xyxy
    }
    (inputs, targets) = (writers(loaded.inputs), writers(loaded.targets))
    cut = zip(loaded.inputs, cuts).map { column, cut in
      cut.map { ($0.move, Tensor(preparation.columns[column].shape, lanes: LaneWriter.group)) }
    }
  }

  /// Fills every lane of a shard with its samples of a batch, zero behind them.
  func fill(_ shard: inout LoadedShard, _ batch: SampledBatch) throws(DataError) {
    let chosen = batch.draws(ofShard: shard.index)
    precondition(chosen.count <= shard.samples.count)
    shard.liveCount = chosen.count
    for firstLane in stride(from: 0, to: shard.samples.count, by: LaneWriter.group) {
      let group = chosen.dropFirst(firstLane).prefix(LaneWriter.group)
      for (lane, draw) in group.enumerated() {
        try read(Int(draw), of: batch, into: &samples[lane])
      }
      var clock = StageClock()
      let windows =
        preparation.isPlain
        ? nil
        : group.map {
          preparation.windows(
            epoch: batch.epoch, sample: preparation.key(ofDraw: Int($0), among: batch.population))
        }
      for (lane, window) in (windows ?? []).enumerated() { preparation.moveBoxes(of: &samples[lane], window) }
      for lane in 0..<group.count {
        for column in encoded { samples[lane].encodeBoxes(column) }
      }
      let live = samples[..<group.count]
      for ((tensor, writer), cut) in zip(zip(shard.inputs, inputs), cut) {
        writer.fill(
          cut?.whole ?? tensor, firstLane: firstLane, with: live, windows, ofGroup: preparation.group(of: writer.column)
        )
        cut?.move(cut!.whole, into: tensor)
      }
      for (tensor, writer) in zip(shard.targets, targets) {
        writer.fill(tensor, firstLane: firstLane, with: live, windows, ofGroup: preparation.group(of: writer.column))
      }
      for lane in 0..<LaneWriter.group {
        let isLive = lane < group.count
        let draw = isLive ? group[group.startIndex + lane] : 0
        shard.draws[firstLane + lane] = draw
        shard.samples[firstLane + lane] = draw % UInt32(batch.population)
        shard.weights[firstLane + lane] = isLive ? loaded.weight.map { samples[lane][$0, 0] } ?? 1 : 0
      }
      times.writing += clock.lap()
    }
  }

  /// What filling has taken since the last call.
  func takeTimes() -> LoadingTimes {
    defer { times = LoadingTimes() }
    return times
  }

  private func read(_ draw: Int, of batch: SampledBatch, into sample: inout Sample) throws(DataError) {
    let (index, epoch) = (draw % batch.population, batch.epoch)
    var clock = StageClock()
    guard preparation.makesSamples else {
      try source.read(index, epoch: epoch, wanted, into: &sample)
      times.reading += clock.lap()
      return
    }
    try source.read(index, epoch: epoch, wanted, into: &stored)
    times.reading += clock.lap()
    try preparation.transform(
      stored, &memory, into: &sample, epoch: epoch, index: preparation.key(ofDraw: draw, among: batch.population)
    ) { (index, sample) throws(DataError) in
      try source.read(index, epoch: epoch, wanted, into: &sample)
    }
    times.transforming += clock.lap()
  }
}

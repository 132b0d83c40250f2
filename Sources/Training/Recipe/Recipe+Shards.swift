extension Recipe {
  /// The most shards that are made where nobody says how many.
  private static let mostUsualShards = 64
  /// The fewest that are made where the batch has so many divisors.
  private static let fewestUsualShards = 8
  /// Images that fill the vectors of a shard.
  private static let fullShard = 16

  /// The shards of a batch where nobody says how many: a function of the batch alone, so that neither ranks nor threads
  /// decide what is computed.
  ///
  /// 8 up to 128 images, and then as many as have 16 images each, a power of two up to 64. Where that does not divide
  /// the batch, the next smaller number that does.
  public static func usualShards(batch: Int) -> Int {
    var wanted = fewestUsualShards
    while wanted < mostUsualShards, 2 * wanted * fullShard <= batch { wanted *= 2 }
    return (1...wanted).last { $0 <= batch && batch.isMultiple(of: $0) } ?? 1
  }

  /// The fewest shards of which each of so many workers has one; nil where the batch cannot be divided so.
  func shards(forWorkers count: Int) -> Int? {
    guard count <= batch else { return nil }
    let most = min(batch, max(count, 16 * count))
    return (count...most).first { batch.isMultiple(of: $0) }
  }

  /// What a person should know where there are more workers than shards; nil where each has one.
  ///
  /// - Parameters:
  ///   - threads: workers of each rank that are there.
  ///   - own: shards of the first rank.
  func idleNotice(threads: Int, own: Int, ranks: Int) -> String? {
    guard threads > own else { return nil }
    let remedy =
      shards(forWorkers: threads * ranks).map {
        "'shards: \($0)' gives each a part of the batch, at the price of other statistics of batch normalisation"
      }
      ?? "give a larger 'batch'"
    let place = ranks == 1 ? "the \(threads) threads have" : "the \(threads) threads of a rank have"
    return
      "\(threads - own) of \(place) nothing to do, because there are \(shards) "
      + "shards\(ranks == 1 ? "" : " for \(ranks) ranks"); \(remedy)"
  }
}

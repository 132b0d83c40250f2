import Communication
import Networks
import Tensors

/// Settings that would fit where a run does not: each is planned before it is named.
struct MemoryAdvice {
  private let recipe: Recipe
  private let check: MemoryCheck
  private let demand: (Recipe) -> MemoryDemand?

  /// - Parameter demand: plans a recipe.
  init(_ recipe: Recipe, _ check: MemoryCheck, demand: @escaping (Recipe) -> MemoryDemand?) {
    (self.recipe, self.check, self.demand) = (recipe, check, demand)
  }

  /// What to set, the gentlest first; empty where nothing is enough.
  ///
  /// `memory: small` and fewer threads give the same weights; more shards and smaller batches train otherwise.
  var settings: [String] {
    var settings: [String] = []
    var small = recipe
    small.memory = .small
    if recipe.memory != .small, fits(small) { settings.append("memory: small") }
    if recipe.featureCache == .automatic || recipe.featureCache == .memory {
      var other = recipe
      other.featureCache = .file
      if fits(other) { settings.append("featureCache: file") }
    }
    if let (other, count) = fewerThreads(recipe) ?? fewerThreads(small) {
      settings.append(text(other, "threads: \(count)"))
    }
    if let other = least(shardChoices, { $0.shards = $1 }) { settings.append(text(other, "shards: \(other.shards)")) }
    if let other = least(batchChoices, { ($0.batch, $0.shards) = ($1, self.shards(of: $1)) }) {
      settings.append(text(other, "batch: \(other.batch) with shards: \(other.shards)"))
    }
    return settings
  }

  private func text(_ other: Recipe, _ setting: String) -> String {
    other.memory == recipe.memory ? setting : "\(setting) with memory: small"
  }

  private var threads: [Int] { check.ranks.map(\.threads) }

  private func fits(_ recipe: Recipe) -> Bool {
    demand(recipe).map { check.shortage($0.needed(threads: threads)) == nil } ?? false
  }

  /// The most threads that fit, if fewer would help.
  private func fewerThreads(_ recipe: Recipe) -> (recipe: Recipe, count: Int)? {
    guard let most = threads.max(), most > 1, let demand = demand(recipe) else { return nil }
    let count = (1..<most).last { count in check.shortage(demand.needed(threads: threads.map { min($0, count) })) == nil
    }
    return count.map { (recipe, $0) }
  }

  /// More shards of no fewer than 16 images, smallest change first.
  private var shardChoices: [Int] {
    guard recipe.shards < recipe.batch else { return [] }
    let halves = (1...Int(Double(recipe.batch).squareRoot())).filter { recipe.batch.isMultiple(of: $0) }
    return Set(halves + halves.map { recipe.batch / $0 }).sorted().filter {
      $0 > recipe.shards && $0 <= 1 << 20 && recipe.batch / $0 >= images
    }
  }

  /// Images of a shard: memory is taken for 16 at a time.
  private var images: Int { min(Layout.laneMultiple, recipe.batch / recipe.shards) }

  private func shards(of batch: Int) -> Int { max(1, batch / images) }

  /// Smaller batches, halves of halves, smallest change first; each rank has a shard.
  private var batchChoices: [Int] {
    var (choices, batch) = ([Int](), recipe.batch)
    while batch.isMultiple(of: 2), shards(of: batch / 2) >= check.ranks.count {
      batch /= 2
      if batch.isMultiple(of: shards(of: batch)) { choices.append(batch) }
    }
    return choices
  }

  /// The recipe with the first choice that fits, as it is or with `memory: small`; choices need less and less.
  private func least(_ choices: [Int], _ apply: (inout Recipe, Int) -> Void) -> Recipe? {
    for memory in recipe.memory == .small ? [.small] : [recipe.memory, .small] {
      func candidate(_ choice: Int) -> Recipe {
        var other = recipe
        other.memory = memory
        apply(&other, choice)
        return other
      }
      guard let last = choices.last, fits(candidate(last)) else { continue }
      var (low, high) = (0, choices.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if fits(candidate(choices[middle])) { high = middle } else { low = middle + 1 }
      }
      return candidate(choices[high])
    }
    return nil
  }
}

public import Communication
public import Datasets
import Foundation
public import Tensors

/// Decodes all images before anything is done with them, each on one thread of one rank, so that those that cannot
/// be read are all named at once and not in the middle of a run.
public struct ImageCheck {
  private let work: SharedWork
  private let cacheFolder: String?
  private let cachedCount: Int

  /// Images of one piece of work, and such pieces for each thread between two reports.
  private static let block = 16
  private static let blocksPerRound = 32
  /// Images that a sentence names.
  private static let shown = 10

  private struct Result: Codable, Sendable {
    /// Of images that can be read.
    var keys: [UInt64] = []
    var hasNew = false
    var findings: [Finding] = []
  }

  private struct Finding: Codable, Sendable {
    let index: Int
    let text: String
    let remedy: String?
  }

  /// - Parameters:
  ///   - cacheFolder: where is remembered what has been looked at; nil looks at everything.
  ///   - cachedCount: images from which on it is; fewer are decoded sooner than anybody notices.
  public init(
    communicator: any Communicator, pool: WorkerPool, cacheFolder: String? = ImageCheck.defaultCacheFolder,
    cachedCount: Int = 1000
  ) {
    work = SharedWork(communicator: communicator, pool: pool)
    (self.cacheFolder, self.cachedCount) = (cacheFolder, cachedCount)
  }

  public static var defaultCacheFolder: String? { SeenImages.defaultFolder }

  /// Throws on all ranks where images of a source cannot be read. Collective; the source is the same on all ranks.
  ///
  /// - Parameters:
  ///   - resizing: whether images of another size are resized; otherwise they cannot be read.
  ///   - list: a file for the names of all such images, where they are too many for a sentence; nil writes none.
  ///   - report: told how many images have been looked at.
  public func run(
    _ source: any DataSource, resizing: Bool, list: String? = nil,
    report: (_ done: Int, _ count: Int) -> Void = { _, _ in }
  ) throws(TrainingError) {
    let findings = try findings(source, resizing: resizing, report: report)
    if !findings.isEmpty { throw error(findings, of: source.count, list) }
  }

  /// The samples that cannot be read. Collective.
  func unreadable(_ source: any DataSource, resizing: Bool) throws(TrainingError) -> [UnreadableSamples.Sample] {
    try findings(source, resizing: resizing) { _, _ in }
      .map { UnreadableSamples.Sample(index: $0.index, problem: $0.text) }
  }

  private func findings(
    _ source: any DataSource, resizing: Bool, report: (_ done: Int, _ count: Int) -> Void
  ) throws(TrainingError) -> [Finding] {
    // Only images in files of their own have names; other data is checked where it is opened.
    guard source.name(of: 0) != nil else { return [] }
    let use = "\(source.location) as \(source.shape), \(resizing ? "resized" : "as they are")"
    // A list may say something else of a file that has stayed the same.
    let isOfImages = source.columns.indices.allSatisfy { $0 == 0 || $0 == source.labelColumn }
    let seen = source.count >= cachedCount && isOfImages ? SeenImages(of: use, in: cacheFolder) : nil
    let known = SeenImages.keys(in: try broadcast(seen?.bytes ?? []))
    let blocks = (source.count + ImageCheck.block - 1) / ImageCheck.block
    let round = ImageCheck.blocksPerRound * work.pool.count * work.communicator.size
    var results: [Result] = []
    while results.count < blocks {
      let start = results.count
      results += try work.map(min(round, blocks - start)) { index in
        let first = (start + index) * ImageCheck.block
        return ImageCheck.look(at: source, first..<min(first + ImageCheck.block, source.count), known)
      }
      report(min(results.count * ImageCheck.block, source.count), source.count)
    }
    if work.communicator.rank == 0, results.contains(where: \.hasNew) { seen?.write(results.flatMap(\.keys)) }
    return results.flatMap(\.findings)
  }

  private static func look(at source: any DataSource, _ samples: Range<Int>, _ known: Set<UInt64>) -> Result {
    var result = Result()
    var sample = Sample(source.columns)
    for index in samples {
      do throws(DataError) {
        let stored = try source.stored(index)
        let name = source.name(of: index) ?? ""
        let key = SeenImages.key("1\0\(name)\0\(stored.size)\0\(stored.modified)")
        if !known.contains(key) {
          try source.read(index, epoch: 0, .all, into: &sample)
          result.hasNew = true
        }
        result.keys.append(key)
      } catch {
        result.findings.append(Finding(index: index, text: error.finding, remedy: error.remedy))
      }
    }
    return result
  }

  private func broadcast(_ bytes: [UInt8]) throws(TrainingError) -> [UInt8] {
    do {
      return try work.communicator.broadcast(bytes, from: 0)
    } catch {
      throw TrainingError(.ranks, error.description)
    }
  }

  private func error(_ findings: [Finding], of count: Int, _ list: String?) -> TrainingError {
    let shown = findings.prefix(ImageCheck.shown).map(\.text).joined(separator: "; ")
    var text = "\(findings.count) of \(count) images cannot be read: \(shown)"
    if findings.count > ImageCheck.shown {
      text += "; and \(findings.count - ImageCheck.shown) more"
      if let list {
        if work.communicator.rank == 0 {
          let lines = findings.map { "\($0.text)\n" }.joined()
          try? lines.write(toFile: list, atomically: true, encoding: .utf8)
        }
        text += ", all of them in \(list)"
      }
    }
    let isOfOneKind = findings.allSatisfy { $0.remedy == findings[0].remedy }
    let remedy = (isOfOneKind ? findings[0].remedy : nil) ?? "replace or remove them"
    return TrainingError(.data, "\(text); \(remedy).", isShared: true)
  }
}

public import Communication
import Datasets
public import Tensors

/// Looks at everything that a recipe, a folder or a file holds before anything is trained on it: files, images,
/// classes, masks, boxes, numbers, and images that are there twice. Nothing is refused; all is told.
///
/// Each image is decoded once, by one thread of one rank; what is told is the same on any number of them.
public struct DataCheck: Sendable {
  let surveys: [Survey]

  /// Samples of one piece of work, and such pieces for each thread between two reports.
  private static let block = 16
  private static let blocksPerRound = 32
  /// Pairs of images of one piece of work.
  private static let pairs = 8

  /// Notes down the data of a recipe as training would take it.
  public init(_ recipe: Recipe) throws(TrainingError) {
    do { try recipe.validate() } catch { throw TrainingError(.configuration, error.description) }
    var options = try recipe.wantedSamples()
    // What is cut out has the size that the model takes, not what it is cut out of.
    if recipe.transforms.contains(where: { $0.transform.outputSize != nil }) { options.forgetImageShapes() }
    options.group = recipe.data.split?.group
    var train = Survey("train", at: recipe.data.train, options)
    options.classNames = train.classNames
    var others: [Survey] = []
    if train.count > 0 {
      let outline = try recipe.data.limited(train.outline)
      let whole = train
      if let split = recipe.data.split {
        let parts = try split.parts(of: outline)
        train = whole.part(parts.train, named: "train")
        if let validation = parts.validation { others.append(whole.part(validation, named: "validation")) }
        if let test = parts.test { others.append(whole.part(test, named: "test")) }
      } else if outline.count < whole.count {
        train = whole.part(outline, named: "train")
      }
    }
    if let location = recipe.data.validation { others.append(Survey("validation", at: location, options)) }
    if let location = recipe.data.test { others.append(Survey("test", at: location, options)) }
    surveys = [train] + others
  }

  /// Notes down what a folder or a file holds.
  public init(location: String) { surveys = DataLayout.surveys(of: location) }

  /// Samples of all splits.
  public var count: Int { surveys.reduce(0) { $0 + $1.count } }

  /// Collective; the data is the same on all ranks.
  ///
  /// - Parameter report: told how many samples have been looked at.
  public func run(
    communicator: any Communicator, pool: WorkerPool, report: (_ done: Int, _ count: Int) -> Void = { _, _ in }
  ) throws(TrainingError) -> DataCheckResult {
    let work = SharedWork(communicator: communicator, pool: pool)
    var facts: [[SampleFacts]] = []
    var done = 0
    for survey in surveys {
      facts.append(try look(at: survey, work) { report(done + $0, count) })
      done += survey.count
    }
    let (inside, between) = try duplicates(facts, work)
    var findings: [DataFinding] = []
    for (index, survey) in surveys.enumerated() {
      findings += DataFinding.of(SplitFindings.inside(survey, facts[index]) + inside[index], in: survey.split)
    }
    findings += DataFinding.of(SplitFindings.between(surveys, facts) + between, in: nil)
    let severities = FindingKind.Severity.allCases
    let ordered = severities.flatMap { severity in findings.filter { $0.severity == severity } }
    return DataCheckResult(
      splits: zip(surveys, facts).map { SplitSummary($0, $1) }, findings: ordered)
  }

  private func look(
    at survey: Survey, _ work: SharedWork, _ report: (Int) -> Void
  ) throws(TrainingError) -> [SampleFacts] {
    let blocks = (survey.count + DataCheck.block - 1) / DataCheck.block
    let round = DataCheck.blocksPerRound * work.pool.count * work.communicator.size
    var results: [[SampleFacts]] = []
    while results.count < blocks {
      let start = results.count
      results += try work.map(min(round, blocks - start)) { index in
        let first = (start + index) * DataCheck.block
        return (first..<min(first + DataCheck.block, survey.count)).map(survey.look)
      }
      report(min(results.count * DataCheck.block, survey.count))
    }
    return results.flatMap(\.self)
  }

  /// Images that are there twice: by candidates, then by a closer look at each pair.
  private func duplicates(
    _ facts: [[SampleFacts]], _ work: SharedWork
  ) throws(TrainingError) -> (inside: [[DataFault]], between: [DataFault]) {
    let findings = DuplicateFindings(surveys, facts)
    let (search, images) = findings.search
    let blocks = (images.count + DataCheck.block - 1) / DataCheck.block
    let candidates = try work.map(blocks) { index in
      let first = index * DataCheck.block
      return (first..<min(first + DataCheck.block, images.count)).flatMap(search.pairs)
    }.flatMap(\.self)
    let pieces = (candidates.count + DataCheck.pairs - 1) / DataCheck.pairs
    let confirmed = try work.map(pieces) { index in
      candidates[index * DataCheck.pairs..<min((index + 1) * DataCheck.pairs, candidates.count)].filter {
        findings.isConfirmed($0, images)
      }
    }.flatMap(\.self)
    return findings.faults(confirmed, images)
  }
}

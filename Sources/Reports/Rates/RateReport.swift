import Foundation
public import Training

/// The results of a search for a learning rate, for scripts and for people.
public struct RateReport: Encodable, Sendable {
  public let points: [RateSearch.Point]
  /// Where the loss falls fastest; nil where it never falls.
  public let suggestion: Double?
  /// A tenth of the rate of the lowest loss.
  public let careful: Double?
  public let isDiverged: Bool

  public init(_ search: RateSearch) {
    (points, suggestion, careful, isDiverged) = (search.points, search.steepest, search.careful, search.isDiverged)
  }

  /// The files that `write` leaves in a folder.
  public static let fileNames = ["rates.csv", "rates.svg"]

  /// Writes `rates.csv` and `rates.svg`, each whole or not at all.
  ///
  /// - Parameter folder: made where it is not there.
  public func write(into folder: String) throws(TrainingError) {
    let lines = points.map { "\($0.rate),\($0.loss),\($0.smoothed)\n" }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try ("rate,loss,smoothed\n" + lines.joined()).write(
        toFile: "\(folder)/rates.csv", atomically: true, encoding: .utf8)
      try RatePicture(self).svg.write(toFile: "\(folder)/rates.svg", atomically: true, encoding: .utf8)
    } catch {
      throw TrainingError(
        .data,
        "the rates cannot be written into \(folder) (\(error.localizedDescription)); choose another folder, or check "
          + "its permissions and the space left."
      )
    }
  }

  /// `0.0012`, with two digits that count
  public static func text(_ rate: Double) -> String { String(format: "%.2g", rate) }
}

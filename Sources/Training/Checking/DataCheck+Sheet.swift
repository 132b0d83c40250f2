import Datasets
public import Tasks

extension DataCheck {
  /// Findings of one kind that a sheet shows images of, and images of each.
  private static let shownFindings = 24
  private static let shownImages = 8

  /// A picture of the images that findings are about, a row for each; nil where none of them has an image.
  public func contactSheet(of result: DataCheckResult) -> Picture? {
    var sheet = ContactSheet()
    var places: [String: (survey: Survey, sample: Int)] = [:]
    for survey in surveys {
      for sample in 0..<survey.count where places[survey.name(of: sample)] == nil {
        places[survey.name(of: sample)] = (survey, sample)
      }
    }
    for finding in result.findings.prefix(DataCheck.shownFindings) {
      let files = finding.cases.flatMap { entry in
        entry.files.map { (file: $0, detail: entry.detail) }
      }
      let pictures = files.lazy.compactMap { entry -> (Picture, [String])? in
        guard let place = places[entry.file] else { return nil }
        let picture = DataCheck.picture(place.survey, place.sample)
        return (picture ?? .crossed, [String(entry.file.split(separator: "/").last ?? ""), entry.detail])
      }.prefix(DataCheck.shownImages)
      guard !pictures.isEmpty else { continue }
      let split = finding.split.map { "\($0): " } ?? ""
      sheet.begin("\(finding.severity.rawValue)  \(split)\(finding.kind.rawValue)")
      for (picture, caption) in pictures { sheet.add(picture, caption: caption) }
    }
    return sheet.isEmpty ? nil : sheet.picture
  }

  /// The image of a sample with its boxes; nil where it cannot be read.
  private static func picture(_ survey: Survey, _ sample: Int) -> Picture? {
    guard let image = survey.pixels(of: sample) else { return nil }
    var picture = Picture(height: image.height, width: image.width, bytes: image.bytes)
    let boxes = survey.boxes(of: sample, height: image.height, width: image.width)
    guard !boxes.isEmpty else { return picture }
    // Lines are as wide on large images as on small ones.
    picture = picture.enlarged(to: ContactSheet.side).reduced(to: ContactSheet.side)
    for box in boxes { picture.draw(Box(box, .xyxy), number: 1, label: "") }
    return picture
  }
}

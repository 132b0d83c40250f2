import Foundation
import Training

/// Loss over the logarithm of the learning rate: a dot for every step, a line for the running mean, a mark at the
/// suggestion.
struct RatePicture {
  private static let (width, height, margin) = (760.0, 420.0, 50.0)

  private let report: RateReport
  private let rates: ClosedRange<Double>
  private let losses: ClosedRange<Double>

  init(_ report: RateReport) {
    self.report = report
    let logarithms = report.points.map { log10($0.rate) }
    let first = logarithms.first ?? 0
    rates = first...max(logarithms.last ?? 0, first + 1e-9)
    // Single losses that leap far away do not make the picture.
    let smoothed = report.points.map(\.smoothed)
    let (low, start) = (smoothed.min() ?? 0, smoothed.first ?? 1)
    losses = low * 0.95...max(start * 1.3, low * 0.95 + 1e-9)
  }

  var svg: String {
    let (width, height, margin) = (RatePicture.width, RatePicture.height, RatePicture.margin)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(Int(width))\" height=\"\(Int(height))\" "
        + "font-family=\"sans-serif\" font-size=\"12\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
      "<rect x=\"\(margin)\" y=\"\(margin)\" width=\"\(width - 2 * margin)\" height=\"\(height - 2 * margin)\" "
        + "fill=\"none\" stroke=\"#8090a0\"/>",
      "<text x=\"8\" y=\"20\">loss of each step (dots) and its running mean, by learning rate</text>",
    ]
    for power in Int(
      rates.lowerBound.rounded(.up))...max(Int(rates.upperBound.rounded(.down)), Int(rates.lowerBound.rounded(.up)))
    {
      let x = horizontal(pow(10, Double(power)))
      lines.append("<line x1=\"\(x)\" x2=\"\(x)\" y1=\"\(margin)\" y2=\"\(height - margin)\" stroke=\"#e0e4e8\"/>")
      lines.append("<text x=\"\(x)\" y=\"\(height - margin + 16)\" text-anchor=\"middle\">1e\(power)</text>")
    }
    for part in 0...4 {
      let loss = losses.lowerBound + Double(part) / 4 * (losses.upperBound - losses.lowerBound)
      lines.append(
        "<text x=\"\(margin - 6)\" y=\"\(vertical(loss) + 4)\" "
          + "text-anchor=\"end\">\(String(format: "%.2f", loss))</text>"
      )
    }
    for point in report.points where losses.contains(point.loss) {
      lines.append("<circle cx=\"\(horizontal(point.rate))\" cy=\"\(vertical(point.loss))\" r=\"2\" fill=\"#90a4c0\"/>")
    }
    let path = report.points.map { "\(horizontal($0.rate)),\(vertical(min($0.smoothed, losses.upperBound)))" }.joined(
      separator: " ")
    lines.append("<polyline points=\"\(path)\" fill=\"none\" stroke=\"#144696\" stroke-width=\"2\"/>")
    if let rate = report.suggestion {
      let x = horizontal(rate)
      lines.append(
        "<line x1=\"\(x)\" x2=\"\(x)\" y1=\"\(margin)\" y2=\"\(height - margin)\" stroke=\"#b41e1e\" "
          + "stroke-dasharray=\"4 3\"/>"
      )
      lines.append("<text x=\"\(x + 4)\" y=\"\(margin + 14)\" fill=\"#b41e1e\">\(RateReport.text(rate))</text>")
    }
    return (lines + ["</svg>"]).map { $0 + "\n" }.joined()
  }

  private func horizontal(_ rate: Double) -> Double {
    let share = (log10(rate) - rates.lowerBound) / (rates.upperBound - rates.lowerBound)
    return rounded(RatePicture.margin + share * (RatePicture.width - 2 * RatePicture.margin))
  }

  private func vertical(_ loss: Double) -> Double {
    let share = (loss - losses.lowerBound) / (losses.upperBound - losses.lowerBound)
    return rounded(RatePicture.height - RatePicture.margin - share * (RatePicture.height - 2 * RatePicture.margin))
  }

  private func rounded(_ position: Double) -> Double { (position * 10).rounded() / 10 }
}

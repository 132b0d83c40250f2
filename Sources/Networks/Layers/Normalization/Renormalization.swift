/// The settings of Keras's batch renormalisation (Keras 2, and Keras 3.15 again): the arguments `renorm_momentum` and
/// `renorm_clipping` of a `BatchNormalization` with `renorm=True`.
struct Renormalization: Equatable, Sendable {
  /// Of renorm_mean and renorm_stddev.
  let momentum: Double
  /// Bounds of r: rmin and rmax; nil where there is none.
  let smallestScale: Double?, largestScale: Double?
  /// Bound of the magnitude of d: dmax; nil where there is none.
  let largestShift: Double?

  /// Nil where `renorm` is false; the other keys then mean nothing.
  static func read(_ configuration: LayerConfiguration) throws(ImportError) -> Renormalization? {
    let isRenormalized = try configuration.bool("renorm", default: false)
    let (momentum, clipping) = (configuration.value("renorm_momentum"), configuration.value("renorm_clipping"))
    guard isRenormalized else { return nil }
    guard clipping == .null || clipping.asObject != nil else {
      throw ImportError(
        "layer '\(configuration.layerName)' (\(configuration.className)): 'renorm_clipping' is \(clipping.brief), but "
          + "must be an object such as {\"rmax\": 3, \"rmin\": 0.3, \"dmax\": 5}."
      )
    }
    let bounds = LayerConfiguration(
      className: "\(configuration.className), renorm_clipping",
      values: (clipping.asObject ?? [:]).merging(["name": .string(configuration.layerName)]) { $1 })
    func bound(_ key: String) throws(ImportError) -> Double? {
      bounds.value(key) == .null ? nil : try bounds.number(key)
    }
    let settings = Renormalization(
      momentum: momentum == .null ? 0.99 : try configuration.number("renorm_momentum"),
      smallestScale: try bound("rmin"), largestScale: try bound("rmax"), largestShift: try bound("dmax"))
    try bounds.checkUnreadKeys()
    return settings
  }

  var kerasConfiguration: [String: JSONValue] {
    var bounds: [String: JSONValue] = [:]
    if let smallestScale { bounds["rmin"] = .number(smallestScale) }
    if let largestScale { bounds["rmax"] = .number(largestScale) }
    if let largestShift { bounds["dmax"] = .number(largestShift) }
    return ["renorm": true, "renorm_momentum": .number(momentum), "renorm_clipping": .object(bounds)]
  }

  /// r and d of a channel: stddev / s within [rmin, rmax] and (mean - renorm_mean) / s within ±dmax, where s is
  /// renorm_stddev, but at least sqrt(epsilon).
  func correction(
    mean: Float, deviation: Float, movingMean: Float, movingDeviation: Float, epsilon: Float
  ) -> (scale: Float, shift: Float) {
    let unit = max(movingDeviation, epsilon.squareRoot())
    var (scale, shift) = (deviation / unit, (mean - movingMean) / unit)
    if let smallestScale { scale = max(scale, Float(smallestScale)) }
    if let largestScale { scale = min(scale, Float(largestScale)) }
    if let largestShift { shift = min(max(shift, -Float(largestShift)), Float(largestShift)) }
    return (scale, shift)
  }
}

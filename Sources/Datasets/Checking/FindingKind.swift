/// A kind of finding in data, by a name that stays the same.
public enum FindingKind: String, Hashable, Sendable, Codable, CaseIterable {
  // Files.
  case unusableData = "unusable-data"
  case unreadableFile = "unreadable-file"
  case emptyFile = "empty-file"
  case notAnImage = "not-an-image"
  case damagedImage = "damaged-image"
  case decoderWarning = "decoder-warning"
  case mixedNumbers = "mixed-numbers"
  case wrongSize = "wrong-size"
  case imageBesideClasses = "image-beside-classes"
  case folderInClass = "folder-in-class"
  case wrongSuffix = "wrong-suffix"
  case leftOut = "left-out"
  // Images.
  case notFinite = "not-finite"
  case oneColour = "one-colour-image"
  case rareSize = "rare-size"
  case rareChannels = "rare-channels"
  case rareDepth = "rare-depth"
  case turnedImage = "turned-image"
  case transparentImage = "transparent-image"
  case inkImage = "cmyk-image"
  case differentScale = "different-scale"
  // Classes.
  case oneClass = "one-class"
  case emptyClassFolder = "empty-class-folder"
  case labelsFromOne = "labels-from-1"
  case emptyClass = "empty-class"
  case unknownClass = "class-not-in-train"
  case absentClass = "class-only-in-train"
  case similarClassNames = "similar-class-names"
  case imbalance = "imbalance"
  case labelOutOfRange = "label-out-of-range"
  case notOneHot = "not-one-hot"
  case notBinary = "label-not-0-or-1"
  // Rows.
  case missingColumn = "missing-column"
  case missingValue = "missing-value"
  case notANumber = "not-a-number"
  case negativeWeight = "negative-weight"
  case missingFile = "missing-file"
  case listedTwice = "listed-twice"
  case fileInTwoSplits = "file-in-two-splits"
  case listedUnderTwoLabels = "listed-under-two-labels"
  case unlistedFile = "unlisted-file"
  case constantColumn = "constant-column"
  case groupInTwoSplits = "group-in-two-splits"
  // Images that are the same.
  case sameInTwoSplits = "same-image-in-two-splits"
  case similarInTwoSplits = "similar-image-in-two-splits"
  case sameUnderTwoLabels = "same-image-under-two-labels"
  case similarUnderTwoLabels = "similar-image-under-two-labels"
  case sameImage = "same-image"
  case similarImage = "similar-image"
  // Masks.
  case missingMask = "missing-mask"
  case maskWithoutImage = "mask-without-image"
  case damagedMask = "damaged-mask"
  case maskFormat = "mask-not-png"
  case maskInColours = "mask-in-colours"
  case maskColour = "mask-colour-of-no-class"
  case maskSize = "mask-size"
  case maskClass = "mask-class"
  case maskOnlyVoid = "mask-only-void"
  case maskPalette = "mask-with-palette"
  // Boxes.
  case boxOutside = "box-outside"
  case boxWithoutArea = "box-without-area"
  case boxInverted = "box-inverted"
  case boxClass = "box-class"
  case boxNumbers = "box-numbers"
  case boxTwice = "box-twice"
  case missingAnnotation = "missing-annotation"
  case annotationWithoutImage = "annotation-without-image"
  case damagedAnnotation = "damaged-annotation"
  case annotationSize = "annotation-size"

  /// How bad a finding is.
  public enum Severity: String, Hashable, Sendable, Codable, CaseIterable {
    /// Training would be refused, or what it measures would be worth nothing.
    case error
    /// Probably a mistake.
    case warning
    /// Something to know.
    case note
  }

  public var severity: Severity {
    switch self {
    case .unusableData, .unreadableFile, .emptyFile, .notAnImage, .damagedImage, .mixedNumbers, .wrongSize,
      .imageBesideClasses, .folderInClass, .emptyClassFolder, .notFinite, .oneClass, .unknownClass, .labelOutOfRange,
      .notBinary,
      .missingColumn, .missingValue, .notANumber, .negativeWeight, .missingFile, .fileInTwoSplits,
      .listedUnderTwoLabels, .groupInTwoSplits, .sameInTwoSplits, .sameUnderTwoLabels, .missingMask, .damagedMask,
      .maskFormat, .maskInColours, .maskColour, .maskSize, .maskClass, .boxOutside, .boxWithoutArea, .boxInverted,
      .boxClass, .boxNumbers, .damagedAnnotation, .annotationSize, .notOneHot:
      .error
    case .decoderWarning, .labelsFromOne, .oneColour, .differentScale, .emptyClass, .absentClass, .similarClassNames,
      .imbalance, .listedTwice,
      .constantColumn, .similarInTwoSplits, .similarUnderTwoLabels, .sameImage, .maskWithoutImage, .maskOnlyVoid,
      .boxTwice, .missingAnnotation, .annotationWithoutImage:
      .warning
    case .wrongSuffix, .leftOut, .rareSize, .rareChannels, .rareDepth, .turnedImage, .transparentImage, .inkImage,
      .unlistedFile, .similarImage, .maskPalette:
      .note
    }
  }
}

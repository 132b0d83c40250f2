extension FindingKind {
  /// What is found, of one case and of several: the subject is counted, the rest is said of it.
  private var words: (one: String, many: String) {
    switch self {
    case .unusableData: ("the data cannot be used as it is", "places are in the way of using the data")
    case .unreadableFile: ("1 file cannot be opened", "files cannot be opened")
    case .emptyFile: ("1 file is empty", "files are empty")
    case .notAnImage: ("1 file is no image, whatever its name says", "files are no images, whatever their names say")
    case .damagedImage: ("1 image is damaged or truncated", "images are damaged or truncated")
    case .decoderWarning: ("1 image is odd, its decoder says", "images are odd, their decoder says")
    case .mixedNumbers: ("1 image holds floats beside integers", "images hold floats beside integers")
    case .wrongSize: ("1 image has another size than the model takes", "images have other sizes than the model takes")
    case .imageBesideClasses: ("1 image lies beside the class folders", "images lie beside the class folders")
    case .folderInClass: ("1 class folder holds a folder of images", "class folders hold folders of images")
    case .wrongSuffix:
      ("1 file is of another format than its name says", "files are of other formats than their names say")
    case .leftOut: ("1 folder holds what is left out", "folders hold what is left out")
    case .notFinite: ("1 sample has a number that is not finite", "samples have numbers that are not finite")
    case .oneColour: ("1 image is of one colour", "images are of one colour each")
    case .rareSize: ("1 image has a size that is rare", "images have sizes that are rare")
    case .rareChannels: ("1 image has a rare number of channels", "images have a rare number of channels")
    case .rareDepth: ("1 image has a rare depth", "images have a rare depth")
    case .turnedImage: ("1 image is turned by its orientation tag", "images are turned by their orientation tags")
    case .transparentImage: ("1 image has transparency", "images have transparency")
    case .inkImage: ("1 image is in printing inks (CMYK)", "images are in printing inks (CMYK)")
    case .differentScale: ("1 column is on another scale than in train", "columns are on other scales than in train")
    case .oneClass: ("there is one class only", "places have one class only")
    case .emptyClassFolder: ("1 class folder holds no images", "class folders hold no images")
    case .labelsFromOne: ("the labels count from 1", "labels count from 1")
    case .emptyClass: ("1 class has no samples", "classes have no samples")
    case .unknownClass: ("1 class is not in train", "classes are not in train")
    case .absentClass: ("1 class of train is missing", "classes of train are missing")
    case .similarClassNames:
      ("the names of 1 pair of classes are nearly the same", "pairs of classes have nearly the same name")
    case .imbalance: ("1 class is rare beside the most frequent one", "classes are rare beside the most frequent one")
    case .labelOutOfRange: ("1 label is of no class", "labels are of no class")
    case .notOneHot: ("1 row is not one-hot", "rows are not one-hot")
    case .notBinary: ("1 label is neither 0 nor 1", "labels are neither 0 nor 1")
    case .missingColumn: ("1 column is missing", "columns are missing")
    case .missingValue: ("1 value is missing", "values are missing")
    case .notANumber: ("1 value is no number", "values are no numbers")
    case .negativeWeight: ("1 weight is below 0", "weights are below 0")
    case .missingFile: ("1 sample has a file that is not there", "samples have files that are not there")
    case .listedTwice: ("1 file is listed more than once", "files are listed more than once")
    case .fileInTwoSplits: ("1 file is in two splits", "files are in two splits")
    case .listedUnderTwoLabels: ("1 file is listed under two labels", "files are listed under two labels")
    case .unlistedFile: ("1 image is in no list", "images are in no list")
    case .constantColumn: ("1 column has the same value in every sample", "columns have the same value in every sample")
    case .groupInTwoSplits: ("1 group is in two splits", "groups are in two splits")
    case .sameInTwoSplits: ("1 image is in two splits", "images are in two splits")
    case .similarInTwoSplits: ("1 image is nearly the same in two splits", "images are nearly the same in two splits")
    case .sameUnderTwoLabels: ("1 image is under two labels", "images are under two labels")
    case .similarUnderTwoLabels:
      ("1 image is nearly the same under two labels", "images are nearly the same under two labels")
    case .sameImage: ("1 image is there more than once", "images are there more than once")
    case .similarImage: ("1 group of images is nearly the same", "groups of images are nearly the same")
    case .missingMask: ("1 image has no mask", "images have no masks")
    case .maskWithoutImage: ("1 mask has no image", "masks have no images")
    case .damagedMask: ("1 mask cannot be read", "masks cannot be read")
    case .maskFormat: ("1 mask is no PNG", "masks are no PNG")
    case .maskInColours:
      ("1 mask holds colours, and nothing says their classes", "masks hold colours, and nothing says their classes")
    case .maskColour: ("1 mask has a colour that is of no class", "masks have colours that are of no class")
    case .maskSize: ("1 mask has another size than its image", "masks have other sizes than their images")
    case .maskClass:
      ("1 mask has pixels of a class that there is not", "masks have pixels of classes that there are not")
    case .maskOnlyVoid: ("1 mask has no pixel of a class", "masks have no pixel of a class")
    case .maskPalette:
      (
        "1 mask has a palette, whose positions are taken for classes",
        "masks have palettes, whose positions are taken for classes"
      )
    case .boxOutside: ("1 box is not inside its image", "boxes are not inside their images")
    case .boxWithoutArea: ("1 box has no area", "boxes have no area")
    case .boxInverted: ("1 box ends before it begins", "boxes end before they begin")
    case .boxClass: ("1 box is of no class", "boxes are of no class")
    case .boxNumbers: ("1 box has too few or wrong numbers", "boxes have too few or wrong numbers")
    case .boxTwice: ("1 box is there twice", "boxes are there twice")
    case .missingAnnotation: ("1 image has no annotation", "images have no annotations")
    case .annotationWithoutImage: ("1 annotation has no image", "annotations have no images")
    case .damagedAnnotation: ("1 annotation cannot be read", "annotations cannot be read")
    case .annotationSize:
      ("1 annotation says another size than its image has", "annotations say other sizes than their images have")
    }
  }

  /// `3 files are empty`
  func sentence(_ count: Int) -> String { count == 1 ? words.one : "\(count) \(words.many)" }

  /// What a reader can do.
  public var remedy: String {
    switch self {
    case .unusableData: "then check again"
    case .unreadableFile: "restore the files, or check their permissions"
    case .emptyFile, .damagedImage: "get the files again or remove them"
    case .notAnImage: "replace or remove them"
    case .decoderWarning: "look at them: a part may be grey or shifted"
    case .mixedNumbers: "store all images alike"
    case .wrongSize: "resize the images, or set 'data.resize: true'"
    case .imageBesideClasses: "move them into folders named after their classes"
    case .folderInClass: "give the folder that holds one folder of images for each class"
    case .wrongSuffix: "they are read by their content; rename them if other programs are to read them"
    case .leftOut: "remove it if it is not wanted; nothing of it is read"
    case .notFinite: "correct or remove the samples"
    case .oneColour: "look at them, and remove them if nothing is to be seen"
    case .rareSize, .rareChannels, .rareDepth: "look whether these images belong here"
    case .turnedImage: "they are turned upright; set 'data.decoding: {orientation: false}' to leave them"
    case .transparentImage:
      "their colours are taken as they are stored; 'data.decoding: {background: ...}' puts one behind"
    case .inkImage: "they are converted to RGB; convert them yourself if colours matter"
    case .differentScale: "prepare all splits alike"
    case .oneClass: "give images of another class, or another task"
    case .emptyClassFolder: "add images or remove the folder"
    case .labelsFromOne: "store them counted from 0"
    case .emptyClass: "add samples or remove the class"
    case .unknownClass: "correct the names, or add the class to train"
    case .absentClass: "nothing is measured of it; add samples"
    case .similarClassNames: "give one class one name"
    case .imbalance: "add samples, or set 'classWeights: balanced' or 'data.sampling'"
    case .labelOutOfRange: "correct the labels or the names of the classes"
    case .notOneHot: "write one 1 and else 0, or use class numbers"
    case .notBinary: "write 1 for a label that is there, else 0"
    case .missingColumn: "correct the name, or say with 'from' which column is meant"
    case .missingValue: "add them or remove the rows"
    case .notANumber: "correct them or remove the rows"
    case .negativeWeight: "give weights of at least 0"
    case .missingFile: "correct the paths, which are relative to the list"
    case .listedTwice: "remove the further rows, unless they are meant"
    case .fileInTwoSplits, .sameInTwoSplits, .similarInTwoSplits:
      "remove them from one of the splits: what is trained on measures nothing"
    case .listedUnderTwoLabels, .sameUnderTwoLabels, .similarUnderTwoLabels: "decide for one label"
    case .unlistedFile: "list them, or leave them out on purpose"
    case .constantColumn: "remove the column, which tells nothing"
    case .groupInTwoSplits: "keep a group in one split, as 'data.split: {group: ...}' does"
    case .sameImage, .similarImage: "keep one of them, unless they are meant to count more"
    case .missingMask: "add the masks or remove the images"
    case .maskWithoutImage: "add the images or remove the masks"
    case .damagedMask: "replace the masks"
    case .maskFormat: "save masks as PNG, which keeps the numbers of pixels"
    case .maskInColours: "give 'colors', a colour for each class, or save class numbers"
    case .maskColour: "add the colour to 'colors' or correct the masks"
    case .maskSize: "give each image a mask of its size"
    case .maskClass: "correct the masks, or say with 'void' which number is of no class"
    case .maskOnlyVoid: "look whether they are finished"
    case .maskPalette: "see that positions count the classes in their order"
    case .boxOutside, .boxWithoutArea, .boxInverted: "correct the boxes, or their 'format'"
    case .boxClass: "correct the class of the boxes"
    case .boxNumbers: "give every box four finite numbers, and its class"
    case .boxTwice: "remove one of each"
    case .missingAnnotation: "add annotations, without objects where there are none"
    case .annotationWithoutImage: "add the images or remove the annotations"
    case .damagedAnnotation: "correct the files"
    case .annotationSize: "see that the boxes were drawn on these images"
    }
  }
}

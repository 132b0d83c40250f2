import Augmentations
import Datasets
import Foundation
import Kernels
import Networks
import Tensors

/// Every augmentation that configurations can name, with arguments for numbers from 0 to 1, of which none is the
/// default.
enum AugmentationCases {
  static let range = #""value_range": [0, 1]"#

  static let written = [
    #"{"AugMix": {"num_chains": 2, "chain_depth": 2, "alpha": 0.7, "all_ops": false, \#(range)}}"#,
    #"{"RandAugment": {"num_ops": 3, "factor": [0.1, 0.6], "interpolation": "nearest", \#(range)}}"#,
    #"{"AutoContrast": {\#(range)}}"#, #"{"Equalization": {"bins": 16, \#(range)}}"#,
    #"{"Solarization": {"addition_factor": 0.2, "threshold_factor": [0.3, 0.8], \#(range)}}"#,
    #"{"RandomBrightness": {"factor": 0.3, \#(range)}}"#,
    #"{"RandomColorDegeneration": {"factor": 0.8, \#(range)}}"#,
    #"{"RandomColorJitter": {"brightness_factor": 0.1, "contrast_factor": 0.4, "saturation_factor": [0.3, 0.7], "#
      + #""hue_factor": 0.2, \#(range)}}"#,
    #"{"RandomContrast": {"factor": [0.2, 0.4], \#(range)}}"#,
    #"{"RandomElasticTransform": {"factor": [0.8, 1], "fill_mode": "constant", "fill_value": 0.5, \#(range)}}"#,
    #"{"RandomErasing": {"factor": [0.8, 1], "scale": [0.1, 0.4], "fill_value": [0.1, 0.5, 0.7], \#(range)}}"#,
    #"{"RandomErasing": {"factor": [0.8, 1], \#(range)}}"#,
    #"{"RandomGaussianBlur": {"factor": [0.8, 1], "kernel_size": [5, 3], "sigma": [0.4, 0.9], \#(range)}}"#,
    #"{"RandomGrayscale": 0.6}"#, #"{"RandomHue": {"factor": 0.5, \#(range)}}"#,
    #"{"RandomInvert": {"factor": [0.4, 0.7], \#(range)}}"#,
    #"{"RandomPerspective": {"factor": [0.8, 1], "scale": 0.3, "fill_value": 0.5}}"#,
    #"{"RandomPosterization": {"factor": [2, 6], \#(range)}}"#,
    #"{"RandomRotation": {"factor": 0.2, "fill_mode": "wrap"}}"#,
    #"{"RandomSaturation": {"factor": [0.3, 0.8], \#(range)}}"#, #"{"RandomSharpness": {"factor": 0.9, \#(range)}}"#,
    #"{"RandomShear": {"x_factor": 0.3, "y_factor": [0.1, 0.2], "interpolation": "nearest"}}"#,
    #"{"RandomTranslation": {"height_factor": 0.3, "width_factor": [-0.1, 0.4], "fill_mode": "nearest"}}"#,
    #"{"RandomZoom": {"height_factor": [-0.3, 0.5], "width_factor": 0.2, "fill_mode": "constant"}}"#,
  ]

  static func transform(_ text: String) throws -> TransformChoice {
    try JSONDecoder().decode(TransformChoice.self, from: Data(text.utf8))
  }

  static func augmentation(_ text: String) throws -> any PictureAugmentation {
    try transform(text).transform as! any PictureAugmentation
  }

  /// The same as a layer, by Keras's configuration.
  static func layer(_ text: String) throws -> any Layer {
    let entry = try JSONDecoder().decode([String: JSONValue].self, from: Data(text.utf8)).first!
    let values = entry.value.asObject ?? ["factor": entry.value]
    return try LayerRegistry.layer(entry.key, values)
  }

  static let shape: Shape = [11, 14, 3]

  /// Images of numbers between 0 and 1.
  static func images(_ count: Int) -> [[Float]] {
    var random = RandomStream(seed: 9, purpose: .synthesis)
    return (0..<count).map { _ in (0..<shape.count).map { _ in random.uniform() } }
  }

  /// What an augmentation makes of an image by the numbers of a stream.
  static func apply<A: PictureAugmentation>(_ augmentation: A, to image: [Float], _ stream: RandomStream) -> [Float] {
    var stream = stream
    let picture = FloatPicture(height: shape.height, width: shape.width, channels: shape.channels, in: Buffer(image))
    let memory = Buffer(count: augmentation.scratchPictures * picture.count)
    augmentation.apply(augmentation.draw(picture.size, &stream), to: picture, memory)
    return picture.numbers.values
  }
}

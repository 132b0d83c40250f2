import Kernels
import Tensors

extension Models {
  /// torchvision's networks that give every pixel one of Pascal VOC's 21 classes, without their auxiliary classifiers:
  /// 3,221,538 (`lraspp_mobilenet_v3_large`) to 58,630,997 (`deeplabv3_resnet101`) weights. Backbones keep the size of
  /// the map in their last stages, an eighth of the image's sides in ResNets and a sixteenth in MobileNet.
  static let torchSegmentations =
    ["50", "101"].flatMap { depth in
      [("fcn_resnet\(depth)", SegmentationDecoder.fcn), ("deeplabv3_resnet\(depth)", .deeplabv3)].map { name, decoder in
        segmentation(name) { image, classes in
          let features = resNetStages("resnet\(depth)", squeezes: false, isDilated: true, image)[3]
          return decoder == .fcn
            ? SegmentationHeads.fcn(features, classes: classes)
            : SegmentationHeads.deepLabV3(features, classes: classes)
        }
      }
    } + [
      segmentation("deeplabv3_mobilenet_v3_large") { image, classes in
        SegmentationHeads.deepLabV3(torchMobileNetV3Large(isDilated: true, image).last!, classes: classes)
      },
      segmentation("lraspp_mobilenet_v3_large") { image, classes in
        let values = torchMobileNetV3Large(isDilated: true, image)
        return SegmentationHeads.lraspp(low: values[4], high: values.last!, classes: classes)
      },
    ]

  /// A network for images of 520x520, as its weights were trained.
  ///
  /// - Parameter logits: of any size.
  static func segmentation(
    _ name: String, _ logits: @escaping @Sendable (_ image: Symbol, _ classes: Int) -> Symbol
  ) -> NetworkDesign {
    NetworkDesign(name, input: [520, 520, 3], classes: 21, preprocessing: .torch) {
      (input, classes) throws(ShapeError) in
      let start = Symbol.input(input)
      let output = SegmentationHeads.probabilities(logits(start, classes), like: start)
      return try Graph(name, inputs: [start], outputs: [output])
    }
  }

  /// A map of classes of what another network sees.
  static func segmentation(_ name: String, _ decoder: SegmentationDecoder, _ backbone: NetworkDesign) -> NetworkDesign {
    NetworkDesign(name, input: backbone.input, classes: 21, preprocessing: backbone.preprocessing) {
      (input, classes) throws(ShapeError) in
      let graph = try backbone.graph(input, 2)
      guard let features = graph.features else {
        throw ShapeError(
          "'\(backbone.name)' has \(graph.outputs.count) outputs, so that its features are not known; "
            + "take a network with one output.")
      }
      var result = try graph.segmenting(behind: features, classes: classes, by: decoder, name: "predictions").graph
      result.name = name.replacing(":", with: "_")
      return result
    }
  }
}

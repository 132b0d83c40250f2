extension LayerRegistry {
  /// Classes that are one of ours under another name: those that versions of Keras and TensorFlow wrote or take.
  private static let aliases = [
    "AvgPool1D": "AveragePooling1D", "AvgPool2D": "AveragePooling2D", "AvgPool3D": "AveragePooling3D",
    "BatchNormalizationV1": "BatchNormalization", "BatchNormalizationV2": "BatchNormalization",
    "Convolution1D": "Conv1D", "Convolution1DTranspose": "Conv1DTranspose", "Convolution2D": "Conv2D",
    "Convolution2DTranspose": "Conv2DTranspose", "Convolution3D": "Conv3D",
    "Convolution3DTranspose": "Conv3DTranspose", "Deconvolution2D": "Conv2DTranspose",
    "Deconvolution3D": "Conv3DTranspose", "DepthwiseConvolution2D": "DepthwiseConv2D",
    "GlobalAvgPool1D": "GlobalAveragePooling1D", "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalAvgPool3D": "GlobalAveragePooling3D", "GlobalMaxPool1D": "GlobalMaxPooling1D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D", "GlobalMaxPool3D": "GlobalMaxPooling3D",
    "LayerNormalizationV1": "LayerNormalization", "LayerNormalizationV2": "LayerNormalization",
    "MaxPool1D": "MaxPooling1D", "MaxPool2D": "MaxPooling2D", "MaxPool3D": "MaxPooling3D",
    "SeparableConvolution1D": "SeparableConv1D", "SeparableConvolution2D": "SeparableConv2D",
    "SyncBatchNormalization": "BatchNormalization", "SyncBatchNormalizationV1": "BatchNormalization",
    "SyncBatchNormalizationV2": "BatchNormalization",
  ]

  /// Classes that programs register under a package of their own, `Package>Class`: of keras.applications, TensorFlow
  /// Addons, AutoKeras and a package for EfficientNet, which wrote its class without one at first.
  private static let registered = [
    "Addons>GroupNormalization": "GroupNormalization", "Addons>InstanceNormalization": "GroupNormalization",
    "CastToFloat32": "Identity", "Custom>CastToFloat32": "Identity", "Custom>CustomScaleLayer": "CustomScaleLayer",
    "Custom>FixedDropout": "Dropout", "Custom>LayerScale": "LayerScale", "Custom>StochasticDepth": "StochasticDepth",
    "FixedDropout": "Dropout",
  ]

  /// Our name of a class; the class itself where it has no other.
  public static func canonicalName(of className: String) -> String {
    registered[className] ?? aliases[className] ?? className
  }

  /// Whether a class that a program registered is one of ours.
  public static func isKnown(registered name: String) -> Bool { registered[name] != nil }
}

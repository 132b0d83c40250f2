import Tensors

/// Classes and arguments of layers in PyTorch and older releases of Keras, and their names here.
enum FamiliarLayers {
  /// The class of Keras that was probably meant; nil where only a likeness of letters can tell.
  static func className(for name: String) -> String? {
    let name = String(name.split(separator: ".").last ?? "").lettersAndDigits
    return classes.first { $0.key.lettersAndDigits == name }?.value
  }

  /// The argument that was probably meant, among those that the layer has; nil where there is none like it.
  static func argument(for key: String, among known: [String]) -> String? {
    let meant = arguments[key.lettersAndDigits] ?? []
    return meant.first(where: known.contains) ?? known.nearest(to: key)
  }

  private static let classes = [
    "Linear": "Dense", "FullyConnected": "Dense", "fc": "Dense", "InnerProduct": "Dense",
    "BatchNorm": "BatchNormalization", "BatchNorm1d": "BatchNormalization", "BatchNorm2d": "BatchNormalization",
    "BatchNorm3d": "BatchNormalization", "LayerNorm": "LayerNormalization", "GroupNorm": "GroupNormalization",
    "MaxPool1d": "MaxPooling1D", "MaxPool2d": "MaxPooling2D", "MaxPool3d": "MaxPooling3D", "MaxPool": "MaxPooling2D",
    "AvgPool1d": "AveragePooling1D", "AvgPool2d": "AveragePooling2D", "AvgPool3d": "AveragePooling3D",
    "AdaptiveAvgPool1d": "GlobalAveragePooling1D", "AdaptiveAvgPool2d": "GlobalAveragePooling2D",
    "GlobalAvgPool2d": "GlobalAveragePooling2D", "AdaptiveMaxPool2d": "GlobalMaxPooling2D",
    "GlobalMaxPool2d": "GlobalMaxPooling2D", "Conv": "Conv2D", "Convolution": "Conv2D", "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D", "Convolution3D": "Conv3D", "ConvTranspose2d": "Conv2DTranspose",
    "Deconvolution2D": "Conv2DTranspose", "Dropout1d": "SpatialDropout1D", "Dropout2d": "SpatialDropout2D",
    "Dropout3d": "SpatialDropout3D", "Upsample": "UpSampling2D", "ZeroPad2d": "ZeroPadding2D", "Swish": "Activation",
    "SiLU": "Activation", "GELU": "Activation", "Sigmoid": "Activation", "Tanh": "Activation", "View": "Reshape",
    "Concat": "Concatenate", "Merge": "Concatenate", "InputLayer": "InputLayer", "Input": "InputLayer",
  ]

  /// By the argument without marks, those of Keras that may be meant; a layer has at most one of them.
  private static let arguments = [
    "outchannels": ["filters"], "nbfilter": ["filters"], "channels": ["filters"], "outfeatures": ["units"],
    "outputdim": ["units"], "neurons": ["units"], "kernel": ["kernel_size", "pool_size"],
    "size": ["kernel_size", "pool_size"], "kernelsize": ["pool_size"], "stride": ["strides"], "subsample": ["strides"],
    "bias": ["use_bias"], "dilation": ["dilation_rate"], "p": ["rate"], "dropout": ["rate"], "prob": ["rate"],
    "eps": ["epsilon"], "bordermode": ["padding"], "pad": ["padding"], "init": ["kernel_initializer"],
    "wregularizer": ["kernel_regularizer"], "shape": ["target_shape"], "negativeslope": ["alpha"], "dim": ["axis"],
    "act": ["activation"], "nonlinearity": ["activation"],
  ]
}

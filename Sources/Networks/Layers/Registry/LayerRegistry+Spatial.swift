extension LayerRegistry {
  /// Layers that exist for several numbers of spatial axes.
  static let spatialLayers: [any Layer.Type] = [
    AveragePooling1D.self, AveragePooling2D.self, AveragePooling3D.self,
    Conv1D.self, Conv2D.self, Conv3D.self,
    Conv1DTranspose.self, Conv2DTranspose.self, Conv3DTranspose.self,
    Cropping1D.self, Cropping2D.self, Cropping3D.self,
    DepthwiseConv1D.self, DepthwiseConv2D.self,
    GlobalAveragePooling1D.self, GlobalAveragePooling2D.self, GlobalAveragePooling3D.self,
    GlobalMaxPooling1D.self, GlobalMaxPooling2D.self, GlobalMaxPooling3D.self,
    MaxPooling1D.self, MaxPooling2D.self, MaxPooling3D.self,
    SeparableConv1D.self, SeparableConv2D.self,
    SpatialDropout1D.self, SpatialDropout2D.self, SpatialDropout3D.self,
    UpSampling1D.self, UpSampling2D.self, UpSampling3D.self,
    ZeroPadding1D.self, ZeroPadding2D.self, ZeroPadding3D.self,
  ]
}

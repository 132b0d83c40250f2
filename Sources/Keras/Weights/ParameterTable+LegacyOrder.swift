import Networks

extension Collection<ParameterTable.Entry> {
  /// The variables of one layer in the order of Keras's HDF5 files: trainable ones first.
  var inLegacyOrder: [ParameterTable.Entry] {
    filter { $0.parameter.kind == .trainable } + filter { $0.parameter.kind == .state }
  }
}

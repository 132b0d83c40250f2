/// Where the outputs of layers are kept that nothing trains, so that they are computed once.
public enum FeatureCacheChoice: String, Hashable, Sendable, Codable, CaseIterable {
  /// In memory, or where they are large in a file, if every one of them is used more than once and it saves much.
  case automatic = "auto"
  /// In the memory of every rank.
  case memory
  /// In HDF5 files in the folder of the run, which all ranks read.
  case file
  case never
}

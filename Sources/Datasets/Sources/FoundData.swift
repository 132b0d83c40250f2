/// The data at a location, before a source is made of it.
enum FoundData {
  /// A list, tar shards or records.
  case table(SampleTable)
  case arrays(any ArrayGroup)
  /// A folder with folders of images and of what belongs to them.
  case pictures(String)
  /// A folder with a folder of images for each class, or of clips.
  case classes(String)
  /// Data of a format that says all of it.
  case source(any DataSource)
}

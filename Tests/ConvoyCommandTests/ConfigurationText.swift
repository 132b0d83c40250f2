import ConvoyCommand
import Foundation

/// The least that a configuration says.
let minimalConfiguration = "model: lenet5\ndata: {train: d.h5:/train}\n"

/// The configuration in a file of this text in a folder of its own.
func configuration(_ text: String, _ overrides: [String] = [], currentFolder: String = "/current") throws
  -> Configuration
{
  let folder = FileManager.default.temporaryDirectory.appending(path: "convoy-configuration-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appending(path: "a.yaml")
  try text.write(to: file, atomically: true, encoding: .utf8)
  return try Configuration(path: file.path, overrides: overrides, currentFolder: currentFolder)
}

public import Tensors

/// Samples held in memory.
public struct MemorySource: DataSource {
  public let location: String
  public let shape: Shape
  public let element: SampleElement
  public let classNames: [String]
  private let samples: [UInt8]
  private let labels: SampleLabels

  /// - Parameters:
  ///   - samples: one after the other, row-major with channels last.
  ///   - labels: one for each sample.
  public init(
    location: String, shape: Shape, element: SampleElement = .byte, samples: [UInt8], labels: [Int32],
    classNames: [String] = []
  ) {
    self.init(
      location: location, shape: shape, element: element, samples: samples, labels: SampleLabels(labels),
      classNames: classNames)
  }

  init(
    location: String, shape: Shape, element: SampleElement, samples: [UInt8], labels: SampleLabels, classNames: [String]
  ) {
    precondition(samples.count == labels.count * shape.count * element.size, "samples and labels do not match")
    (self.location, self.shape, self.element, self.classNames) = (location, shape, element, classNames)
    (self.samples, self.labels) = (samples, labels)
  }

  public var count: Int { labels.count }

  public var bytesInMemory: Int { samples.count + labels.bytes }

  public var labelCount: Int? { labels.perSample }

  public func label(at index: Int) -> Int { labels.label(at: index) }

  public func hasLabel(_ label: Int, at index: Int) -> Bool { labels.has(label, at: index) }

  public func read(_ index: Int, into target: inout MutableRawSpan) {
    let size = sampleSize
    precondition((0..<labels.count).contains(index) && target.byteCount == size)
    unsafe target.withUnsafeMutableBytes { target in
      unsafe samples.withUnsafeBytes {
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[index * size..<(index + 1) * size]))
      }
    }
  }
}

import Kernels
import Tensors

extension Strips {
  /// The axis that is cut, among the spatial ones of an image in Keras's order.
  var position: Int { axis == .rows ? 0 : 1 }
}

extension ConvolutionWindow {
  /// The margins with which the kernel moves over strips of an image, and the cells that it reads around a strip; nil
  /// where the windows of the image are not those of its strips.
  func cut(into strips: Strips, image: Shape, margins: Margins?) -> (margins: Margins, halo: Strips.Halo)? {
    guard kernel.count == 2 else { return nil }
    let whole = geometry(of: image, filters: 1, groups: 1, margins: margins)
    let (before, after) = (whole.paddingBefore, whole.paddingAfter)
    let isRows = strips.axis == .rows
    let (start, stride) = (isRows ? before.height : before.width, strides[strips.position])
    guard strips.length(of: whole.output) * stride == strips.length(of: image) else { return nil }
    return (
      Margins(
        before: isRows ? [0, before.width] : [before.height, 0],
        after: isRows ? [0, after.width] : [after.height, 0]),
      Strips.Halo(before: start, after: max(0, extents[strips.position] - stride - start))
    )
  }
}

/// Convolutions keep the algorithm that whole images have, and with it the form of packed kernels: networks that share
/// weights share these too.
extension FusingConvolution {
  func cut(
    into strips: Strips, image: Shape, whole geometry: ConvolutionGeometry
  ) -> StripLayer? {
    guard let (margins, halo) = window.cut(into: strips, image: image, margins: margins) else { return nil }
    var copy = self
    (copy.margins, copy.algorithms) = (margins, [chosenConvolution(for: geometry).algorithm])
    return StripLayer(layer: copy, halo: halo)
  }
}

extension Conv: Cuttable {
  func cut(into strips: Strips, inputs: [Shape]) -> StripLayer? {
    cut(into: strips, image: inputs[0], whole: geometry(of: inputs[0]))
  }
}

extension DepthwiseConv: Cuttable {
  func cut(into strips: Strips, inputs: [Shape]) -> StripLayer? {
    let channels = inputs[0].channels
    return cut(
      into: strips, image: inputs[0],
      whole: window.geometry(of: inputs[0], filters: channels * multiplier, groups: channels, margins: margins))
  }
}

/// Where kernels meet without overlapping along the axis, each cell of the input becomes some of the output.
extension ConvTranspose: Cuttable {
  func cut(into strips: Strips, inputs: [Shape]) -> StripLayer? {
    let position = strips.position
    guard Dimensions.count == 2, outputPadding == nil, window.extents[position] <= window.strides[position] else {
      return nil
    }
    var copy = self
    copy.algorithms = [chosenConvolution(for: geometry(of: inputs[0])).algorithm]
    return StripLayer(layer: copy)
  }
}

/// Padding never wins: cells outside of the image are taken for the least number that there is.
extension MaxPooling: Cuttable {
  func cut(into strips: Strips, inputs: [Shape]) -> StripLayer? {
    window.cut(into: strips, image: inputs[0], fill: -Float.greatestFiniteMagnitude).map { window, halo in
      StripLayer(layer: moved(over: window), halo: halo)
    }
  }
}

/// Cells outside of the image do not count, so that no window may reach them.
extension AveragePooling: Cuttable {
  func cut(into strips: Strips, inputs: [Shape]) -> StripLayer? {
    guard let (window, halo) = window.cut(into: strips, image: inputs[0], fill: 0), halo.before == 0, halo.after == 0
    else { return nil }
    return StripLayer(layer: AveragePooling(window))
  }
}

extension UpSampling: Pointwise {
  func isPointwise(inputs: [Shape]) -> Bool { Dimensions.count == 2 && interpolation == .nearest }
}

extension ZeroPadding: Cuttable {
  func cut(into strips: Strips, inputs: [Shape]) -> StripLayer? {
    margins.isCut(by: strips) ? nil : StripLayer(layer: self)
  }
}

extension Cropping: Cuttable {
  func cut(into strips: Strips, inputs: [Shape]) -> StripLayer? {
    margins.isCut(by: strips) ? nil : StripLayer(layer: self)
  }
}

extension Margins {
  /// Whether they are not the same for all strips.
  fileprivate func isCut(by strips: Strips) -> Bool {
    before.count != 2 || before[strips.position] > 0 || after[strips.position] > 0
  }
}

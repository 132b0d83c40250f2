import ConvoyCommand
import Kernels
import Networks
import Tensors
import Testing

@Suite struct InspectionTests {
  /// Two paths from one value to a sum, and a classifier; with a convolution in front if wanted, whose scratch is its
  /// own affair.
  private func graph(withConvolution: Bool = false) throws -> Graph {
    let input = Symbol.input([4, 4, 2], name: "image")
    let x = withConvolution ? Conv2D(3, kernel: 3, padding: .same)(input, name: "convolution") : input
    let y = ReLU()(BatchNormalization()(x, name: "normalization"), name: "rectifier")
    let sum = Add()(x, y, name: "sum")
    return try Graph("small", inputs: [input], outputs: [Dense(5)(Flatten()(sum, name: "flat"), name: "logits")])
  }

  @Test func layers() throws {
    #expect(
      LayerTable(try graph(withConvolution: true)).text == """
        small, for one image:

        layer          class               output     parameters  multiplications  activations
        image          InputLayer          (4, 4, 2)           0                0        128 B
        convolution    Conv2D              (4, 4, 3)          57              864        192 B
        normalization  BatchNormalization  (4, 4, 3)          12                0        192 B
        rectifier      ReLU                (4, 4, 3)           0                0        192 B
        sum            Add                 (4, 4, 3)           0                0        192 B
        flat           Flatten             (48,)               0                0        192 B
        logits         Dense               (5,)              245              240         20 B
        total                                                314            1,104      1.1 KiB

        parameters: 314, of which 308 are trained and 6 are statistics
        memory of activations for inference: 384 B (the largest two consecutive layers)
        memory of activations for training: 1.1 KiB (the sum of all layers)
        """)
  }

  @Test func inferencePlan() throws {
    let plan = try Planner().plan(graph(), lanes: 16, mode: .inference)
    #expect(
      PlanTable(plan).text == """
        plan for inference: 16 images at once
        life is counted in layers: inputs at -1, layer n at n

        #  holds                     bytes  life      offset  shares memory with #
        0  image, sum                2,048  -1 to 4        0  3
        1  normalization, rectifier  2,048  1 to 3     2,048  2
        2  flat                      2,048  4 to 5     2,048  1
        3  logits                      320  5 to end       0  0

        arena: 4,096 bytes (4.0 KiB) instead of 6,464 if no memory were shared
        """)
  }

  @Test func trainingPlan() throws {
    let plan = try Planner().plan(graph(), lanes: 16, mode: .training)
    #expect(
      PlanTable(plan).text == """
        plan for training: 16 images at once
        life is counted in layers: inputs at -1, forward of layer n at n, the loss at 7, backward of layer n at 14 - n

        #  holds                                                     bytes  life      offset  shares memory with #
        0  image, image/split0                                       2,048  -1 to 12       0
        1  normalization, rectifier                                  2,048  2 to 4     2,048  2 5
        2  normalization gradient, rectifier gradient, sum gradient  2,048  9 to 12    2,048  1 5
        3  normalization saved                                           8  2 to 12    6,464
        4  sum                                                       2,048  4 to 5     4,096  6 7
        5  flat                                                      2,048  5 to 8     2,048  1 2
        6  flat gradient                                             2,048  8 to 9     4,096  4 7
        7  logits                                                      320  6 to 7     4,096  4 6
        8  logits gradient                                             320  7 to 8     6,144

        arena: 6,472 bytes (6.3 KiB) instead of 12,936 if no memory were shared
        """)
  }
}

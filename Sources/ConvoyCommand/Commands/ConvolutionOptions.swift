import ArgumentParser
import Training

/// How convolutions are computed where a model runs without being trained.
struct ConvolutionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The algorithm of convolutions: auto (by shape, at most twice the rounding of plain sums), exact (plain sums "
        + "only), "
        + "direct, lowered or winograd.", valueName: "algorithm"))
  var convolution = Recipe.ConvolutionChoice.automatic
}

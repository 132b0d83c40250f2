public import ArgumentParser
public import Training

extension Recipe.ConvolutionChoice: ExpressibleByArgument {}

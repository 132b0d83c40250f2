public import ArgumentParser
public import Training

extension Recipe.ReducerChoice: ExpressibleByArgument {}

public import ArgumentParser
public import Networks

extension MemoryUse: ExpressibleByArgument {}

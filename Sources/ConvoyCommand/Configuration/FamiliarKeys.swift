import Tensors

/// Keys of Keras, PyTorch and their kin, and their names here.
package enum FamiliarKeys {
  enum Meaning: Equatable {
    /// Keys with dots between them.
    case keys([String])
    /// There is no such key: what to do instead.
    case advice(String)
  }

  /// - Parameter key: in any spelling: `batch_size`, `batchSize` and `batch-size` are one.
  static func meaning(of key: String) -> Meaning? {
    let key = key.lettersAndDigits
    if let path = paths.first(where: { $0.value.contains(key) })?.key { return .keys([path]) }
    return advice.first { $0.key.split(separator: " ").contains(Substring(key)) }.map { .advice($0.value) }
  }

  /// The keys that the names lead to.
  package static var targets: [String] { Array(paths.keys) }
  /// All names.
  package static var names: [String] {
    paths.values.flatMap(\.self) + advice.keys.flatMap { $0.split(separator: " ").map(String.init) }
  }

  /// The other names of each key, without capitals and marks.
  private static let paths: [String: Set<String>] = [
    "batch": [
      "batchsize", "bs", "batches", "minibatch", "minibatchsize", "globalbatchsize", "perdevicetrainbatchsize",
    ],
    "epochs": ["epoch", "nepochs", "nbepoch", "nbepochs", "numepochs", "numtrainepochs", "maxepochs"],
    "optimizer.rate": [
      "lr", "lr0", "eta", "learningrate", "learnrate", "baselr", "initiallr", "maxlr", "initiallearningrate",
    ],
    "optimizer.weightDecay": ["wd", "weightdecayrate", "l2", "l2reg"],
    "optimizer.beta1": ["betas", "b1", "adambeta1"],
    "optimizer.beta2": ["b2", "adambeta2"],
    "optimizer.epsilon": ["eps", "adamepsilon"],
    "optimizer.clipNorm": [
      "globalclipnorm", "gradclip", "gradientclip", "clipgrad", "clipgradnorm", "maxnorm", "maxgradnorm",
      "gradientclipval", "gradclipnorm", "clipping",
    ],
    "optimizer.clipValue": ["gradclipvalue", "clipgradvalue"],
    "optimizer": ["optim", "opt", "optimiser", "solver"],
    "schedule": [
      "scheduler", "lrscheduler", "lrschedule", "learningrateschedule", "learningratescheduler", "lrpolicy", "lrdecay",
    ],
    "schedule.warmup": ["warmupsteps", "warmupepochs", "numwarmupsteps", "warmuplength"],
    "schedule.factor": ["gamma", "decayrate", "lrgamma"],
    "schedule.every": ["stepsize", "decaysteps", "milestones", "lrdecayepochs"],
    "schedule.end": ["minlr", "etamin", "endlearningrate", "endlr", "finallr"],
    "loss": ["criterion", "lossfunction", "lossfn", "objective"],
    "labelSmoothing": ["smoothing"],
    "classWeights": ["classweight", "weightperclass"],
    "data": ["dataset", "datasets"],
    "data.train": [
      "datadir", "datapath", "dataroot", "root", "path", "folder", "directory", "traindir", "traindata", "trainpath",
      "trainset", "training", "trainingdata", "trainds", "traindataset",
    ],
    "data.validation": [
      "val", "valid", "valdir", "valdata", "valpath", "valset", "validationdata", "valds", "validdata", "dev",
    ],
    "data.test": ["testdir", "testdata", "testpath", "testset", "testds", "eval", "evaldata", "evaluation"],
    "data.split.validation": ["validationsplit", "valsplit", "validationshare", "valfraction"],
    "data.split.test": ["testsplit", "testsize"],
    "model": ["arch", "architecture", "network", "net", "modelname", "backbone"],
    "model.input": ["inputshape", "inputsize", "shape"],
    "finetune.from": ["pretrained", "weights", "loadweights", "pretrainedweights", "initweights", "startfrom"],
    "finetune": ["finetuning", "transferlearning"],
    "finetune.phases": ["trainable", "frozen", "freezebackbone"],
    "augmentation": [
      "augment", "augmentations", "dataaugmentation", "transform", "aug", "horizontalflip", "randomflip",
      "hflip", "fliplr", "randomcrop", "randomhorizontalflip",
    ],
    "preprocessing": ["preprocess", "preprocessinput", "preprocessor"],
    "preprocessing.scale": ["rescale", "rescaling"],
    "preprocessing.standardize": [
      "mean", "std", "normalize", "normalise", "standardization", "imagemean", "imagestd", "pixelmean",
    ],
    "threads": [
      "numthreads", "nthreads", "numworkers", "workers", "njobs", "nworkers", "cpus", "numcpus", "intraopthreads",
    ],
    "seed": ["randomseed", "manualseed", "randomstate", "rngseed"],
    "average": ["ema", "useema", "modelema", "swa"],
    "average.decay": ["emadecay", "emamomentum"],
    "earlyStopping": ["earlystop", "esp", "earlystoppingpatience"],
    "earlyStopping.restoreBest": ["restorebestweights", "loadbestmodelatend"],
    "checkpoint": ["checkpoints", "checkpointing", "modelcheckpoint", "savecheckpoint"],
    "checkpoint.every": [
      "savefreq", "saveevery", "saveinterval", "savesteps", "savestrategy", "checkpointinterval", "checkpointevery",
    ],
    "checkpoint.keep.best": ["savebest", "savebestonly"],
    "checkpoint.keep.last": ["savetotallimit", "savetopk", "maxtokeep", "keeplast"],
  ]

  /// By names with spaces between them.
  private static let advice = [
    "numclasses nclasses classes nbclasses numlabels nc classnum":
      "the data says how many classes there are, and the last Dense layer of 'model.layers' has as many units; "
      + "remove it.",
    "imagesize imgsize imgsz targetsize imageheight imagewidth imgheight imgwidth resolution size cropsize":
      "the input of the model is the size: write 'model: {input: [height, width, channels], layers: ...}', and "
      + "'data.resize: true' where the images have other sizes.",
    "callbacks callback":
      "early stopping is 'earlyStopping', saving is 'checkpoint', a rate that moves is 'schedule'; remove it.",
    "dropout dropoutrate droprate dropouts":
      "write a layer, 'Dropout: {rate: 0.5}', into 'model.layers', or 'finetune.head.dropout' for a new classifier.",
    "batchnorm batchnormalization bn": "write a layer, 'BatchNormalization', into 'model.layers'; remove it.",
    "activation padding filters kernelsize strides units":
      "this is an argument of a layer: write it into 'model.layers', such as 'Conv2D: {filters: 8, kernel_size: 3}'.",
    "shuffle shufflebuffersize": "training data is always shuffled, by 'seed'; remove it.",
    "device devices gpu gpus ngpu numgpus cuda usegpu accelerator nogpu":
      "Convoy computes on processors, as many as `mpirun -n` starts ranks on; remove it.",
    "ranks nproc nprocpernode worldsize nodes numnodes processes np":
      "ranks are started by `mpirun -n N convoy train ...`; remove it.",
    "dtype precision amp fp16 bf16 mixedprecision usefp16 autocast floatx":
      "Convoy computes in 32-bit floats; remove it.",
    "output outputdir outdir savedir logdir workdir savepath project experimentname runname":
      "give --output DIR on the command line; remove it.",
    "resume resumefrom resumefromcheckpoint checkpointpath continue": "give --resume on the command line; remove it.",
    "maxsteps totalsteps numsteps trainsteps iterations maxiter":
      "give --max-steps N on the command line, or 'epochs'; remove it.",
    "stepsperepoch validationsteps": "an epoch visits every sample once; remove it.",
    "verbose loginterval logevery logsteps loglevel printfreq tensorboard wandb":
      "progress is printed by itself, and history.jsonl in the run's folder keeps the figures; remove it.",
    "gradientaccumulation gradientaccumulationsteps accumulategradbatches accumsteps accumulation":
      "'batch' counts all images of a step, and its 'shards' run one after the other where there are more than "
      + "workers; raise both and remove it.",
    "decay":
      "a rate that falls is 'schedule', the decay of weights 'optimizer.weightDecay'; write the one that is meant.",
    "amsgrad dampening lookahead": "no optimizer of Convoy has it; remove it.",
    "pinmemory prefetch prefetchfactor cache dropremainder droplast persistentworkers":
      "data is read ahead by itself; remove it.",
    "adam adamw sgd rmsprop lars lamb": "write the optimizer's name as 'optimizer: {name: adam, rate: 0.001}'.",
    "cosine step polynomial onecycle cosinedecay steplr onecyclelr cosineannealinglr exponential exponentialdecay":
      "write the schedule's name as 'schedule: {name: cosine}'.",
    "mixup cutmix cutout colorjitter randaugment autoaugment randomrotation rotationrange zoomrange verticalflip":
      "of augmentations there are 'padCrop' and 'flip', in the list 'augmentation'; remove it.",
  ]

  /// What a group is written like.
  static func example(of path: [String]) -> String? {
    let example: [String: String] = [
      "data": "{train: PATH, test: PATH}", "data.split": "{validation: 15%, test: 10%}",
      "model.input": "[224, 224, 3]", "model.layers": "[Flatten, Dense: {units: 10, activation: softmax}]",
      "optimizer": "{name: sgd, rate: 0.1, momentum: 0.9}", "schedule": "{name: cosine, warmup: 1 epoch}",
      "preprocessing": "{standardize: imagenet}", "augmentation": "[{padCrop: 4}, {flip: horizontal}]",
      "augmentation.*": "{flip: horizontal}", "checkpoint": "{every: 1 epoch}", "checkpoint.keep": "{last: 3, best: 1}",
      "finetune": "{from: vgg16.h5, head: {}, phases: [{freeze: backbone, epochs: 3}]}",
      "finetune.head": "{dropout: 0.3}",
      "finetune.phases": "[{freeze: backbone, epochs: 3}]", "finetune.phases.*": "{freeze: backbone, epochs: 3}",
      "earlyStopping": "{patience: 5}", "average": "{decay: 0.999}",
    ]
    return example[path.map { Int($0) == nil ? $0 : "*" }.joined(separator: ".")]
  }
}

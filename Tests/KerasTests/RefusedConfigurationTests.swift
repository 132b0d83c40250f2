import Foundation
import Keras
import Networks
import Testing

/// Models that must not be imported, each with what its error message must name.
struct RefusedConfigurationTests {
  static let image =
    #"{"class_name":"InputLayer","name":"image","config":{"name":"image","batch_shape":[null,8,8,3]},"inbound_nodes":[]}"#

  static func functional(_ layers: String..., inputs: String = #"["image",0,0]"#, outputs: String) -> String {
    #"{"class_name":"Functional","config":{"name":"m","layers":[\#(([image] + layers).joined(separator: ","))],"input_layers":\#(inputs),"output_layers":\#(outputs)}}"#
  }

  static func activation(_ name: String, _ node: String, config: String = "", entry: String = "") -> String {
    #"{"class_name":"Activation","name":"\#(name)","config":{"name":"\#(name)","activation":"relu"\#(config)},"inbound_nodes":[\#(node)]\#(entry)}"#
  }

  static func tensor(_ name: String) -> String {
    #"{"class_name":"__keras_tensor__","config":{"shape":[null,8,8,3],"dtype":"float32","keras_history":["\#(name)",0,0]}}"#
  }

  static let keras2 = #"[["image",0,0,{}]]"#
  static let out = #"[["out",0,0]]"#

  static let refused: [(model: String, words: [String])] = [
    (#"{"config":{}}"#, ["class_name"]),
    (#"{"class_name":"Unet","config":{}}"#, ["'Unet'", "functional"]),
    (#"{"class_name":"Functional","config":[]}"#, ["config"]),
    (#"{"class_name":"Sequential","config":{"name":"m"}}"#, ["'m'", "layers"]),
    (#"{"class_name":"Sequential","config":{"name":"m","layers":[]}}"#, ["'m'", "no layers"]),
    (#"{"class_name":"Sequential","config":{"name":"m","layers":[3]}}"#, ["class_name"]),
    (
      #"{"class_name":"Sequential","config":{"name":"m","layers":[{"class_name":"Flatten","config":{}}]}}"#,
      ["Flatten", "no name"]
    ),
    (#"{"class_name":"Sequential","config":{"name":"m","trainable":7,"layers":[\#(image)]}}"#, ["'m'", "trainable"]),
    (#"{"class_name":"Sequential","config":{"name":"m","sharding":2,"layers":[\#(image)]}}"#, ["'sharding' = 2"]),
    (#"{"class_name":"Sequential","config":{"name":"m","layers":[\#(image),\#(image)]}}"#, ["'image'", "middle"]),
    (
      #"{"class_name":"Sequential","config":{"name":"m","layers":[{"class_name":"Flatten","config":{"name":"f"}}]}}"#,
      ["'m'", "shape", "keras.Input"]
    ),
    (
      #"{"class_name":"Sequential","config":{"name":"m","layers":[{"class_name":"InputLayer","config":{"name":"i","batch_shape":[null,null,8,3]}}]}}"#,
      ["'i'", "fixed sizes"]
    ),
    (
      #"{"class_name":"Sequential","config":{"name":"m","layers":[{"class_name":"InputLayer","config":{"name":"i","batch_shape":[null,8],"dtype":"complex64"}}]}}"#,
      ["'i'", "'complex64'", "float32"]
    ),
    (
      #"{"class_name":"Sequential","config":{"name":"m","layers":[{"class_name":"InputLayer","config":{"name":"i","batch_shape":[null,8],"dtype":{"class_name":"DTypePolicy","config":{"name":"int8_from_float32"}}}}]}}"#,
      ["'i'", "'int8_from_float32'"]
    ),
    (functional(outputs: #"[["out",0,0]]"#), ["'out'", "does not have"]),
    (functional(outputs: #""out""#), ["output_layers"]),
    (functional(image, outputs: #"["image",0,0]"#), ["'image'", "two layers"]),
    (functional(inputs: #"[["image",0,0],["image",0,0]]"#, outputs: #"["image",0,0]"#), ["input_layers", "'image'"]),
    (functional(activation("out", ""), outputs: out), ["'out'", "never called"]),
    (functional(activation("out", "[]"), outputs: out), ["'out'", "no inputs"]),
    (functional(activation("out", "7"), outputs: out), ["'out'", "input 7"]),
    (functional(activation("out", #"[["image",0]]"#), outputs: out), ["'out'", "['image', 0]"]),
    (functional(activation("out", "\(keras2),\(keras2)"), outputs: #"[["out",2,0]]"#), ["'out'", "2 times"]),
    (functional(activation("out", #"[["image",1,0,{}]]"#), outputs: out), ["'image'", "call 1"]),
    (functional(activation("out", #"[["nobody",0,0,{}]]"#), outputs: out), ["'nobody'", "does not have"]),
    (functional(activation("out", #"[["out",0,0,{}]]"#), outputs: out), ["'out'", "loop"]),
    (functional(activation("out", #"[["image",0,0,{"training":true}]]"#), outputs: out), ["'out'", "training = true"]),
    (functional(activation("out", #"[["image",0,0,{"mask":["image",0,0]}]]"#), outputs: out), ["'out'", "mask"]),
    (functional(activation("out", #"[["image",0,1,{}]]"#), outputs: out), ["'out'", "'image'", "output 1"]),
    (
      functional(activation("a", #"[["out",0,0,{}]]"#), activation("out", #"[["a",0,0,{}]]"#), outputs: out),
      ["'a', 'out'", "loop"]
    ),
    (
      functional(activation("out", keras2, entry: #","registered_name":"mine>Swirl""#), outputs: out),
      ["'out'", "mine>Swirl"]
    ),
    (
      functional(activation("out", #"{"args":[\#(tensor("image"))],"kwargs":{"training":true}}"#), outputs: out),
      ["'out'", "training = true"]
    ),
    (functional(activation("out", #"{"args":[{"class_name":"x"}],"kwargs":{}}"#), outputs: out), ["'out'", "input"]),
    (
      functional(
        #"{"class_name":"Add","name":"out","config":{"name":"out"},"inbound_nodes":[{"args":[\#(tensor("image")),"x"],"kwargs":{}}]}"#,
        outputs: out), ["'out'", "operation", "add"]
    ),
    (
      functional(
        #"{"class_name":"Fft","module":"keras.src.ops.math","name":"out","config":{"name":"out"},"inbound_nodes":[{"args":[\#(tensor("image"))],"kwargs":{}}]}"#,
        outputs: out), ["'out'", "operation", "Fft"]
    ),
    (
      functional(
        #"{"class_name":"TFOpLambda","name":"out","config":{"name":"out","function":"math.cumsum"},"inbound_nodes":[["image",0,0,{"axis":1}]]}"#,
        outputs: out), ["'out'", "operation", "tf.math.cumsum"]
    ),
    (
      functional(
        #"{"class_name":"Sequential","name":"out","config":{"name":"out","layers":[]},"inbound_nodes":[[["image",0,0,{}]]]}"#,
        outputs: #"[["out",1,0]]"#), ["'out'", "no layers"]
    ),
    (
      functional(
        #"{"class_name":"LSTM","name":"out","config":{"name":"out","units":3},"inbound_nodes":[[["image",0,0,{}]]]}"#,
        outputs: out), ["'out'", "'LSTM'", "recurrent layers are not supported"]
    ),
  ]

  @Test func refusesAxesThatThereAreNot() throws {
    func model(axis: String) -> String {
      Self.functional(
        #"{"class_name":"BatchNormalization","name":"out","config":{"name":"out","axis":\#(axis)},"inbound_nodes":[\#(Self.keras2)]}"#,
        outputs: Self.out)
    }
    for axis in ["-1", "3", "[3]", "1"] { #expect(try graph(model(axis: axis)).nodes.count == 2) }
    for axis in ["0", "[4]", "[1, 2]"] { #expect(throws: ImportError.self) { try graph(model(axis: axis)) } }
  }

  @Test(arguments: refused.indices) func refuses(_ index: Int) throws {
    let (text, words) = RefusedConfigurationTests.refused[index]
    let model = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    let error = try #require(throws: ImportError.self) { try Graph(kerasModel: model) }
    for word in words { #expect(error.description.contains(word), "\(error.description)") }
    #expect(error.description.hasSuffix("."))
  }
}

/// A feature of a `tf.train.Example`, and where its values are in the message:
///
///     message Example   { Features features = 1; }
///     message Features  { map<string, Feature> feature = 1; }
///     message Feature   { oneof { BytesList = 1; FloatList = 2; Int64List = 3; } }   each: repeated value = 1;
struct ExampleFeature {
  enum Kind: Int {
    case bytes = 1
    case floats
    case integers
  }

  let name: String
  let kind: Kind
  /// Of bytes those of the one value, of numbers the list.
  let range: Range<Int>

  /// The features of an example that hold something.
  static func all(_ bytes: [UInt8], _ place: String) throws(DataError) -> [ExampleFeature] {
    var features: [ExampleFeature] = []
    do throws(WireReader.Damage) {
      for example in try ranges(of: 1, bytes[...]) {
        for entry in try ranges(of: 1, bytes[example]) {
          guard let key = try ranges(of: 1, bytes[entry]).last, let value = try ranges(of: 2, bytes[entry]).last
          else { continue }
          let name = String(decoding: bytes[key], as: UTF8.self)
          for kind in [Kind.bytes, .floats, .integers] {
            guard let list = try ranges(of: kind.rawValue, bytes[value]).last else { continue }
            let values = kind == .bytes ? try ranges(of: 1, bytes[list]) : [list]
            // Several values of bytes are none of what a sample has.
            guard values.count == 1, !list.isEmpty else { continue }
            features.append(ExampleFeature(name: name, kind: kind, range: values[0]))
          }
        }
      }
    } catch {
      throw DataError(place, "is no tf.train.Example", remedy: "write the records as tf.train.Example")
    }
    return features
  }

  private static func ranges(of field: Int, _ bytes: ArraySlice<UInt8>) throws(WireReader.Damage) -> [Range<Int>] {
    var reader = WireReader(bytes)
    var ranges: [Range<Int>] = []
    while let (number, value) = try reader.next() {
      if number == field, case .bytes(let range) = value { ranges.append(range) }
    }
    return ranges
  }

  /// The numbers of a list, packed or one by one.
  static func numbers(_ list: [UInt8], _ kind: Kind, _ place: String) throws(DataError) -> [Float] {
    var numbers: [Float] = []
    do throws(WireReader.Damage) {
      var reader = WireReader(list[...])
      while let (field, value) = try reader.next() {
        guard field == 1 else { continue }
        switch (value, kind) {
        case (.word(let bits), .floats): numbers.append(Float(bitPattern: bits))
        case (.number(let bits), .integers): numbers.append(Float(Int64(bitPattern: bits)))
        case (.bytes(let packed), .floats):
          guard packed.count % 4 == 0 else { throw WireReader.Damage() }
          for first in stride(from: packed.lowerBound, to: packed.upperBound, by: 4) {
            let bits = list[first..<first + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            numbers.append(Float(bitPattern: bits))
          }
        case (.bytes(let packed), .integers):
          var values = WireReader(list[packed])
          while values.place < packed.upperBound { numbers.append(Float(Int64(bitPattern: try values.number()))) }
        default: throw WireReader.Damage()
        }
      }
    } catch {
      throw DataError(place, "holds a damaged list of numbers", remedy: "write the records as tf.train.Example")
    }
    return numbers
  }
}

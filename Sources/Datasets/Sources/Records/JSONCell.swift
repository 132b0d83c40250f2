import Foundation

/// A value of a JSON object, as far as samples have such: text, a number, or numbers in lists.
enum JSONCell: Decodable {
  case text(String)
  case numbers([Double])
  case object([String: JSONCell])
  /// Null, or a list of something else.
  case nothing

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = .numbers([flag ? 1 : 0])
    } else if let number = try? container.decode(Double.self) {
      self = .numbers([number])
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSONCell].self) {
      let lists = list.compactMap { if case .numbers(let numbers) = $0 { numbers } else { nil } }
      self = lists.count == list.count ? .numbers(lists.flatMap(\.self)) : .nothing
    } else if let object = try? container.decode([String: JSONCell].self) {
      self = .object(object)
    } else {
      self = .nothing
    }
  }

  /// The fields of an object; those of an object inside it have both names, `objects/box`.
  static func fields(_ bytes: some Sequence<UInt8>, _ place: String) throws(DataError) -> [String: JSONCell] {
    guard case .object(let object)? = try? JSONDecoder().decode(JSONCell.self, from: Data(bytes)) else {
      throw DataError(place, "is no JSON object", remedy: "correct it, or remove it")
    }
    return flat(object, "")
  }

  private static func flat(_ object: [String: JSONCell], _ prefix: String) -> [String: JSONCell] {
    object.reduce(into: [:]) { fields, entry in
      if case .object(let inner) = entry.value {
        fields.merge(flat(inner, "\(prefix)\(entry.key)/")) { $1 }
      } else {
        fields[prefix + entry.key] = entry.value
      }
    }
  }

  /// The columns of rows: numbers where all that there are are such, else text.
  static func columns(_ rows: [[String: JSONCell]]) -> [String: SampleTable.Cells] {
    Set(rows.flatMap(\.keys)).reduce(into: [:]) { columns, name in
      let cells = rows.map { $0[name] ?? .nothing }
      guard cells.contains(where: { if case .text = $0 { true } else { false } }) else {
        columns[name] = .numbers(cells.map { if case .numbers(let numbers) = $0 { numbers } else { nil } })
        return
      }
      let texts = cells.map { cell -> String? in
        switch cell {
        case .text(let text): text
        case .numbers(let numbers) where numbers.count == 1: StoredNumbers.text(numbers[0])
        default: nil
        }
      }
      columns[name] = .text(texts)
    }
  }
}

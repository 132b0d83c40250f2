/// A Swift type that datasets and attributes can be read into and written from.
///
/// Reading converts from whatever number type the file has. A value that does not fit (300 as UInt8, 0.5 as Int64) is
/// an error; rounding from a wider to a narrower float is not.
public protocol Element: BitwiseCopyable, Sendable {
  static var elementType: ElementType { get }
}

extension Int8: Element { public static var elementType: ElementType { .int8 } }
extension UInt8: Element { public static var elementType: ElementType { .uint8 } }
extension Int16: Element { public static var elementType: ElementType { .int16 } }
extension UInt16: Element { public static var elementType: ElementType { .uint16 } }
extension Int32: Element { public static var elementType: ElementType { .int32 } }
extension UInt32: Element { public static var elementType: ElementType { .uint32 } }
extension Int64: Element { public static var elementType: ElementType { .int64 } }
extension UInt64: Element { public static var elementType: ElementType { .uint64 } }
extension Float: Element { public static var elementType: ElementType { .float32 } }
extension Double: Element { public static var elementType: ElementType { .float64 } }

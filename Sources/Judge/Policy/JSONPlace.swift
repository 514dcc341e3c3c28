// SPDX-License-Identifier: Apache-2.0

/// Finds out where in a JSON text a byte stands.
enum JSONPlace {
    /// The pointer (`/smsRecipients/0/to`) of the value around `offset`; nil where the text is no JSON up to there, or the
    /// byte stands in no value.
    static func pointer(at offset: Int, in bytes: [UInt8]) -> String? {
        guard offset >= 0, offset < bytes.count else { return nil }
        /// A level: the member name or the index that is being read.
        enum Level {
            case object(name: String, isName: Bool)
            case array(index: Int)
        }
        var levels: [Level] = []
        func path() -> String {
            levels.map { level in
                switch level {
                case .object(let name, _): "/" + name
                case .array(let index): "/\(index)"
                }
            }.joined()
        }
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "{"): levels.append(.object(name: "", isName: true))
            case UInt8(ascii: "["): levels.append(.array(index: 0))
            case UInt8(ascii: "}"), UInt8(ascii: "]"): if !levels.isEmpty { levels.removeLast() }
            case UInt8(ascii: ","):
                switch levels.last {
                case .object: levels[levels.count - 1] = .object(name: "", isName: true)
                case .array(let position): levels[levels.count - 1] = .array(index: position + 1)
                case nil: return nil
                }
            case UInt8(ascii: ":"):
                if case .object(let name, _)? = levels.last {
                    levels[levels.count - 1] = .object(name: name, isName: false)
                }
            case UInt8(ascii: "\""):
                let start = index + 1
                var end = start
                while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
                    end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
                }
                if case .object(_, true)? = levels.last {
                    if (start..<max(start, end)).contains(offset) { return nil }
                    let name = String(decoding: bytes[start..<min(end, bytes.count)], as: UTF8.self)
                    levels[levels.count - 1] = .object(name: name, isName: true)
                } else if (start...max(start, end)).contains(offset) {
                    return path()
                }
                index = end
            default: if index == offset { return path() }
            }
            index += 1
        }
        return nil
    }

    /// Whether a pointer fits a pattern whose `*` stands for one piece.
    static func fits(_ pointer: String, _ pattern: String) -> Bool {
        let left = pointer.split(separator: "/")
        let right = pattern.split(separator: "/")
        return left.count == right.count && zip(left, right).allSatisfy { $1 == "*" || $0 == $1 }
    }
}

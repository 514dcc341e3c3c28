// SPDX-License-Identifier: Apache-2.0

package import Value

/// A JSON pointer (RFC 6901), for example `/items/0/id`; the empty one is the whole document.
package struct JSONPointer: Sendable, Hashable {
    private let steps: [String]

    /// Nil where the text is no pointer: it begins with `/` or is empty, and behind `~` stands `0` or `1`.
    package init?(_ text: String) {
        guard text.isEmpty || text.hasPrefix("/") else { return nil }
        var steps: [String] = []
        for piece in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) where !text.isEmpty {
            var step = ""
            var rest = piece[...]
            while let character = rest.popFirst() {
                guard character == "~" else {
                    step.append(character)
                    continue
                }
                switch rest.popFirst() {
                case "0": step.append("~")
                case "1": step.append("/")
                default: return nil
                }
            }
            steps.append(step)
        }
        self.steps = steps
    }

    /// What stands there; nil where nothing does.
    package func value(in document: Value) -> Value? {
        var value = document
        for step in steps {
            switch value {
            case .object(let members):
                guard let inner = members[step] else { return nil }
                value = inner
            case .array(let items):
                // No leading zeros, and no `-`: there is nothing behind the end.
                guard let index = Int(step), String(index) == step, items.indices.contains(index) else { return nil }
                value = items[index]
            case .null, .bool, .number, .string: return nil
            }
        }
        return value
    }
}

// SPDX-License-Identifier: Apache-2.0

import Value

/// What there is to say about one id.
struct Explanation {
    enum Text {
        case one(String)
        case list([String])
    }

    let id: String
    /// `requirement`, `check`, `defect`, `profile`, `scenario`, `verdict`, `reason`, `event`.
    let kind: String
    let sentence: String
    private(set) var parts: [(name: String, text: Text)] = []

    init(_ id: String, _ kind: String, _ sentence: String) {
        self.id = id
        self.kind = kind
        self.sentence = sentence
    }

    /// An empty text or list is left out.
    func adding(_ name: String, _ text: String?) -> Explanation {
        guard let text, !text.isEmpty else { return self }
        var copy = self
        copy.parts.append((name, .one(text)))
        return copy
    }

    func adding(_ name: String, _ list: [String]) -> Explanation {
        guard !list.isEmpty else { return self }
        var copy = self
        copy.parts.append((name, .list(list)))
        return copy
    }

    var lines: [String] {
        var lines = [Console.bold(id) + " (\(kind))", sentence]
        let width = parts.map(\.name.count).max() ?? 0
        for (name, text) in parts {
            let label = name + String(repeating: " ", count: width - name.count)
            switch text {
            case .one(let text): lines.append("  \(label)  \(text)")
            case .list(let list):
                for (index, item) in list.enumerated() {
                    lines.append("  \(index == 0 ? label : String(repeating: " ", count: width))  \(item)")
                }
            }
        }
        return lines
    }

    var value: Value {
        var members: Members = ["id": .string(id), "kind": .string(kind), "sentence": .string(sentence)]
        for (name, text) in parts {
            let key = name.replacing(" ", with: "-")
            switch text {
            case .one(let text): members[key] = .string(text)
            case .list(let list): members[key] = .array(list.map { .string($0) })
            }
        }
        return .object(members)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A path with names for some of its segments: `/{tenant}/visits/{visit}`.
package struct PathTemplate: Sendable, Hashable {
    private enum Segment: Sendable, Hashable {
        case literal(String)
        case named(String)
    }

    /// As written.
    package let text: String
    private let segments: [Segment]

    package init(_ text: String) {
        self.text = text
        segments = text.split(separator: "/").map { segment in
            segment.count > 2 && segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .named(String(segment.dropFirst().dropLast())) : .literal(String(segment))
        }
    }

    /// The names, in order.
    package var names: [String] { segments.compactMap { if case .named(let name) = $0 { name } else { nil } } }

    /// The first segment in which a brace stands that makes no name of the whole segment.
    var brokenSegment: String? {
        for case .literal(let segment) in segments where segment.contains(where: { "{}".contains($0) }) {
            return segment
        }
        return nil
    }

    /// Whether any path of so many segments fits.
    var isUnbounded: Bool { segments.count == names.count }

    /// What stands for the names where a path fits; nil where it does not.
    /// - Parameter path: its segments, percent-decoded.
    package func match(_ path: [String]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (have, want) in zip(path, segments) {
            switch want {
            case .literal(let text): guard have == text else { return nil }
            case .named(let name): values[name] = have
            }
        }
        return values
    }

    /// The same with `*` for each name.
    package var pattern: String {
        "/" + segments.map { if case .literal(let text) = $0 { text } else { "*" } }.joined(separator: "/")
    }
}

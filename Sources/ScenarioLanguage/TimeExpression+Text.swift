// SPDX-License-Identifier: Apache-2.0

internal import World

extension TimeExpression {
    /// `+2h`, `visit.start`, `visit.start - 15m`, `visit.end + 5m`, or RFC 3339; nil for anything else.
    package init?(parsing source: String) {
        let text = source.trimmingSpaces
        if text.hasPrefix("+") {
            guard let duration = DurationText.parse(text.dropFirst().trimmingSpaces) else { return nil }
            self = .afterNow(duration)
            return
        }
        if let instant = Instant(rfc3339: text) {
            self = .at(instant)
            return
        }
        // The alias may hold hyphens, so the edge is looked for first.
        let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
        let afterName = text.dropFirst(name.count)
        guard !name.isEmpty, afterName.hasPrefix(".") else { return nil }
        let word = afterName.dropFirst().prefix { $0.isLetter }
        guard let edge = Edge(rawValue: String(word)) else { return nil }
        let rest = afterName.dropFirst(1 + word.count).trimmingSpaces
        var offset = Duration.zero
        if let sign = rest.first {
            guard sign == "+" || sign == "-", let duration = DurationText.parse(rest.dropFirst().trimmingSpaces) else {
                return nil
            }
            offset = sign == "-" ? .zero - duration : duration
        }
        self = .appointment(alias: String(name), edge: edge, offset: offset)
    }

    /// As it stands in a file.
    package var text: String {
        switch self {
        case .afterNow(let duration): return "+" + DurationText.format(duration)
        case .at(let instant): return instant.description
        case .appointment(let alias, let edge, let offset):
            let place = "\(alias).\(edge.rawValue)"
            if offset == .zero { return place }
            return offset < .zero
                ? "\(place) - \(DurationText.format(.zero - offset))" : "\(place) + \(DurationText.format(offset))"
        }
    }

    /// What a message says is expected.
    static let expected = "write `+2h`, `visit.start - 15m`, `visit.end + 5m`, or an RFC 3339 time with zone"
}

extension StringProtocol {
    /// Without leading and trailing spaces.
    var trimmingSpaces: String {
        var rest = self[...]
        while rest.first == " " { rest = rest.dropFirst() }
        while rest.last == " " { rest = rest.dropLast() }
        return String(rest)
    }
}

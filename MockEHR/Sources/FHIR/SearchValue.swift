// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import Foundation
import Value
import World

/// Compares what a search asks for with what stands in a resource (FHIR R4, 3.1.1.4).
struct SearchValue {
    let kind: SearchDefinition.Kind
    let modifier: String?
    let now: Instant
    /// The base URL: references may be absolute.
    let base: String

    /// Whether a value of a resource fits one wanted value. `type` is FHIR's name of the found value's type.
    func fits(_ found: Value, type: String, _ wanted: String) -> Bool {
        switch kind {
        case .token: token(found, wanted, isContact: type == "ContactPoint")
        case .string: string(found, wanted)
        case .date: DateBound(wanted).flatMap { bound in range(found).map { bound.contains($0, now: now) } } ?? false
        case .reference: reference(found, wanted)
        case .number: found.scalarText.map { number($0, wanted) } ?? false
        case .quantity: quantity(found, wanted)
        case .uri: uri(found.string ?? "", wanted)
        case .special: Nearness(wanted)?.holds(found) ?? false
        case .composite: false
        }
    }

    /// Why a wanted value is none of its kind; nil where it is one.
    func mistake(_ wanted: String) -> String? {
        if wanted.isEmpty { return "is empty" }
        switch kind {
        case .date: return DateBound(wanted) == nil ? "is no date" : nil
        case .number: return Double(SearchPrefix.split(wanted).rest) == nil ? "is no number" : nil
        case .quantity:
            let number = SearchPrefix.split(wanted).rest.prefix { $0 != "|" }
            return Double(number) == nil ? "is no quantity" : nil
        case .special: return Nearness(wanted) == nil ? "is no latitude|longitude|distance|unit" : nil
        default: return nil
        }
    }

    // MARK: tokens

    private func token(_ found: Value, _ wanted: String, isContact: Bool = false) -> Bool {
        if modifier == "text" {
            let texts = [found["text"], found["display"]] + (found["coding"]?.array ?? []).map { $0["display"] }
            return texts.contains { $0?.string.map { Self.folded($0).hasPrefix(Self.folded(wanted)) } ?? false }
        }
        return codes(found).contains { code in
            guard let bar = wanted.firstIndex(of: "|") else {
                return code.code == wanted || (isContact && sameContact(code.code, wanted))
            }
            let system = wanted[..<bar]
            let rest = wanted[wanted.index(after: bar)...]
            return (code.system ?? "") == system && (rest.isEmpty || code.code == rest)
        }
    }

    /// Mail addresses and telephone numbers are found however they are written.
    private func sameContact(_ found: String, _ wanted: String) -> Bool {
        let digits = (found.filter(\.isNumber), wanted.filter(\.isNumber))
        if !found.contains("@"), digits.1.count >= 7 {
            return digits.0.hasSuffix(digits.1) || digits.1.hasSuffix(digits.0)
        }
        return Self.folded(found) == Self.folded(wanted)
    }

    private func codes(_ value: Value) -> [(system: String?, code: String)] {
        if let code = value.scalarText { return [(nil, code)] }
        if let coding = value["coding"]?.array { return coding.flatMap { codes($0) } }
        return (value["code"]?.string ?? value["value"]?.string).map { [(value["system"]?.string, $0)] } ?? []
    }

    // MARK: texts

    private func string(_ found: Value, _ wanted: String) -> Bool {
        texts(found).contains { text in
            switch modifier {
            case "exact": text == wanted
            case "phonetic": Soundex.codes(wanted).isSubset(of: Soundex.codes(text)) && !Soundex.codes(wanted).isEmpty
            case "contains": Self.folded(text).contains(Self.folded(wanted))
            default: Self.folded(text).hasPrefix(Self.folded(wanted))
            }
        }
    }

    /// The parts of a name or an address; not what they are used for.
    private func texts(_ value: Value) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let items): items.flatMap { texts($0) }
        case .object(let members):
            members.filter { !["use", "type", "period", "extension", "id", "system"].contains($0.name) }
                .flatMap { texts($0.value) }
        default: []
        }
    }

    /// Without regard to case and accents (FHIR R4, 3.1.1.4.8).
    static func folded(_ text: String) -> String {
        text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    }

    // MARK: dates, references, numbers

    private func range(_ found: Value) -> DateRange? {
        if let range = DateRange(found) { return range }
        // A Timing stands for its events.
        let events = (found["event"]?.array ?? []).compactMap { DateRange($0) }
        guard let low = events.map(\.low).min(), let high = events.map(\.high).max() else {
            return found["repeat"]?["boundsPeriod"].flatMap { DateRange($0) }
        }
        return DateRange(["start": .string(low.description), "end": .string(high.description)])
    }

    private func reference(_ found: Value, _ wanted: String) -> Bool {
        if modifier == "identifier" { return found["identifier"].map { token($0, wanted) } ?? false }
        guard let text = found["reference"]?.string ?? found.string else { return false }
        let plain = text.hasPrefix(base + "/") ? String(text.dropFirst(base.count + 1)) : text
        let asked = wanted.hasPrefix(base + "/") ? String(wanted.dropFirst(base.count + 1)) : wanted
        if plain == asked { return true }
        let parts = plain.split(separator: "/")
        guard parts.count == 2, asked == parts[1] else { return false }
        return modifier == nil || modifier == String(parts[0])
    }

    private func number(_ found: String, _ wanted: String) -> Bool {
        let (prefix, text) = SearchPrefix.split(wanted)
        guard let found = Double(found), let number = Double(text) else { return false }
        // A number stands for what rounds to it (FHIR R4, 3.1.1.4.6).
        let digits = text.split(separator: ".", omittingEmptySubsequences: false)
        let slack = digits.count == 2 ? 0.5 * pow(10, -Double(digits[1].count)) : 0.5
        let isEqual = abs(found - number) < slack
        return switch prefix {
        case .eq: isEqual
        case .ne: !isEqual
        case .gt, .sa: found > number
        case .ge: found >= number || isEqual
        case .lt, .eb: found < number
        case .le: found <= number || isEqual
        case .ap: abs(found - number) <= abs(number) / 10
        }
    }

    private func quantity(_ found: Value, _ wanted: String) -> Bool {
        let parts = wanted.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard let value = found["value"]?.scalarText, number(value, parts[0]) else { return false }
        guard parts.count == 3 else { return true }
        let isSystem = parts[1].isEmpty || found["system"]?.string == parts[1]
        return isSystem && (found["code"]?.string == parts[2] || found["unit"]?.string == parts[2])
    }

    private func uri(_ found: String, _ wanted: String) -> Bool {
        switch modifier {
        case "below": found.hasPrefix(wanted)
        case "above": wanted.hasPrefix(found)
        default: found == wanted
        }
    }
}

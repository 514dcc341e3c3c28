// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Trace
internal import Value
internal import World

extension ReadingContext {
    /// `set: {clock: +15m}`.
    func setting(_ head: YAMLNode.Entry, _ form: Form) -> Setting? {
        guard let set = Form(head.value, what: "`set`", mistakes: mistakes) else { return nil }
        let kinds = ["clock", "fault", "ehr", "microsoft"]
        let given = kinds.filter { set.node($0) != nil }
        set.finish()
        guard given.count == 1, let kind = given.first, let node = set.node(kind) else {
            if given.count > 1 {
                mistakes.report(
                    "two-steps", "one `set` sets one thing", remedy: "write a `set` step for each",
                    at: set.key(given[1])?.span)
            } else if set.entries.isEmpty {
                mistakes.report(
                    "missing-key", "`set` sets nothing", remedy: "known: \(kinds.joined(separator: ", "))",
                    at: head.value.span)
            }
            return nil
        }
        switch kind {
        case "clock": return time(node).map { .clock($0) }
        case "fault": return fault(node).map { .fault($0) }
        case "ehr": return ehrChange(node).map { .ehr($0) }
        default: return microsoftChange(node).map { .microsoft($0) }
        }
    }

    // MARK: EHR data

    /// What can be special about an appointment (the EHR mock's own words).
    private static let conditions = ["free", "locked", "dependency", "incomplete", "sensitive", "unnamed"]

    /// States of an appointment beside booked and cancelled (FHIR's own words): the first two take place as booked.
    private static let statuses = ["arrived", "checked-in", "entered-in-error"]

    private func ehrChange(_ node: YAMLNode) -> Value? {
        guard let form = Form(node, what: "`ehr`", mistakes: mistakes) else { return nil }
        defer { form.finish() }
        if let node = form.node("tokens") {
            return mistakes.word(node, "`tokens`", of: ["expired"]).map { ["tokens": .string($0)] }
        }
        if let node = form.node("refresh") {
            return mistakes.word(node, "`refresh`", of: ["throttled", "free"]).map { ["refresh": .string($0)] }
        }
        if let node = form.node("registration-after") {
            return duration(node, "`registration-after`").map {
                ["registration-after": .string(DurationText.format($0))]
            }
        }
        if let node = form.node("appointment") {
            let alias = mistakes.text(node, "`appointment`").flatMap { appointment($0, at: node.span) }
            if let node = form.node("status") {
                let word = mistakes.word(node, "`status`", of: Self.statuses)
                guard let alias, let word else { return nil }
                return ["appointment": .string(alias), "status": .string(word)]
            }
            let word = form.required("condition").flatMap { mistakes.word($0, "`condition`", of: Self.conditions) }
            guard let alias, let word else { return nil }
            return ["appointment": .string(alias), "condition": .string(word)]
        }
        if let node = form.node("signing-keys") {
            return mistakes.word(node, "`signing-keys`", of: ["rotate", "withdraw"]).map {
                ["signing-keys": .string($0)]
            }
        }
        if let node = form.node("base") {
            let alias = mistakes.text(node, "`base`").flatMap { base($0, at: node.span) }
            if let node = form.node("identity") {
                let flaw = mistakes.word(node, "`identity`", of: MicrosoftWord.identityFlaws)
                guard let alias, let flaw else { return nil }
                return ["base": .string(alias), "identity": .string(flaw)]
            }
            let release = form.required("release").flatMap { literal($0, "`release`") }
            guard let alias, let release else { return nil }
            return ["base": .string(alias), "release": .string(release)]
        }
        guard let node = form.required("person") else {
            _ = form.node("base")
            return nil
        }
        let alias = mistakes.text(node, "`person`").flatMap { person($0, at: node.span) }
        let fields =
            DataClass.allCases.map(\.rawValue).filter { !DataClassNames.directory.contains($0) } + [
                "locale", "expired-phone",
            ]
        let given = fields.filter { form.node($0) != nil }
        guard given.count == 1, let field = given.first, let valueNode = form.node(field) else {
            if given.count > 1 || form.entries.count == 1 {
                mistakes.report(
                    "bad-setting", "one `set` changes one datum of a person",
                    remedy: "write for example `{person: ann, phone: none}`", at: form.span)
            }
            return nil
        }
        guard let alias, let text = literal(valueNode, "`\(field)`") else { return nil }
        let value: Value = text == "none" && valueNode.style == .plain ? .null : .string(text)
        return ["person": .string(alias), "field": .string(field), "value": value]
    }

    // MARK: Microsoft's side

    private func microsoftChange(_ node: YAMLNode) -> Value? {
        guard let form = Form(node, what: "`microsoft`", mistakes: mistakes) else { return nil }
        var value = Members()
        var words = MicrosoftWord.ofTheWorld
        if let node = form.node("person") {
            words = MicrosoftWord.ofAPerson
            if let alias = mistakes.text(node, "`person`").flatMap({ person($0, at: node.span) }) {
                value["person"] = .string(alias)
            }
        }
        for word in words {
            if let node = form.node(word.name) { value[word.name] = microsoftValue(word, node) }
        }
        form.finish()
        guard form.entries.contains(where: { $0.name != "person" }) else {
            mistakes.report(
                "missing-key", "`microsoft` sets nothing",
                remedy: "write one of: " + words.map(\.name).joined(separator: ", "), at: node.span)
            return nil
        }
        return .object(value)
    }

    private func microsoftValue(_ word: MicrosoftWord, _ node: YAMLNode) -> Value? {
        let what = "`\(word.name)`"
        switch word.kind {
        case .group(let words, let shorthand):
            if let shorthand, node.text == shorthand { return .object([shorthand: true]) }
            guard let form = Form(node, what: what, mistakes: mistakes) else { return nil }
            var group = Members()
            for word in words {
                if let node = form.node(word.name) { group[word.name] = microsoftValue(word, node) }
            }
            form.finish()
            return .object(group)
        case .duration: return duration(node, what).map { .string(DurationText.format($0)) }
        case .person: return mistakes.text(node, what).flatMap { person($0, at: node.span) }.map { .string($0) }
        case .people:
            return .array(mistakes.words(node, what).compactMap { person($0.word, at: $0.span).map { .string($0) } })
        default:
            var problem = ""
            if let value = word.plain(node.value, problem: &problem) { return value }
            mistakes.report("wrong-type", problem, at: node.span)
            return nil
        }
    }
}

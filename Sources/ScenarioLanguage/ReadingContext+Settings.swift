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

    /// What can be wrong with the next id token of a base (the EHR mock's own words).
    private static let identityFlaws = [
        "unsigned", "unknown-key", "foreign-key", "wrong-issuer", "wrong-audience", "wrong-nonce", "expired",
    ]

    private func ehrChange(_ node: YAMLNode) -> Value? {
        guard let form = Form(node, what: "`ehr`", mistakes: mistakes) else { return nil }
        defer { form.finish() }
        if let node = form.node("tokens") {
            return mistakes.word(node, "`tokens`", of: ["expired"]).map { ["tokens": .string($0)] }
        }
        if let node = form.node("base") {
            let alias = mistakes.text(node, "`base`").flatMap { base($0, at: node.span) }
            if let node = form.node("identity") {
                let flaw = mistakes.word(node, "`identity`", of: Self.identityFlaws)
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
        if let node = form.node("person") {
            if let alias = mistakes.text(node, "`person`").flatMap({ person($0, at: node.span) }) {
                value["person"] = .string(alias)
            }
            if let tenant = form.node("tenant") {
                value["tenant"] = mistakes.word(tenant, "`tenant`", of: ["foreign"]).map { .string($0) }
            } else if let licences = form.required("licences") {
                value["licences"] = .array(
                    licences.isNull ? [] : mistakes.words(licences, "`licences`").map { .string($0.word) })
            }
        } else {
            if let node = form.node("subscription") {
                value["subscription"] = mistakes.word(
                    node, "`subscription`", of: ConnectorSubscription.allCases.map(\.rawValue)
                ).map { .string($0) }
            }
            if let node = form.node("access-policy") {
                value["access-policy"] = mistakes.boolean(node, "`access-policy`").map { .bool($0) }
            }
            // What the mock offers here is listed in its own documentation; the shape is free.
            for key in ["numbers", "notifications", "sms"] {
                if let node = form.node(key) { value[key] = node.value }
            }
        }
        form.finish()
        guard !form.entries.isEmpty else {
            mistakes.report("missing-key", "`microsoft` sets nothing", at: node.span)
            return nil
        }
        return .object(value)
    }
}

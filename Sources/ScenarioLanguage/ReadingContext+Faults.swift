// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Value
internal import World

extension ReadingContext {
    /// `fault: {place: graph, status: 429}`.
    func fault(_ node: YAMLNode) -> Value? {
        guard let form = Form(node, what: "`fault`", mistakes: mistakes) else { return nil }
        var value = Members()
        func keep(_ key: String, _ read: (YAMLNode) -> Value?) {
            if let node = form.node(key) { value[key] = read(node) }
        }
        let place = form.required("place")
            .flatMap { mistakes.word($0, "`place`", of: FaultSpec.places) }
        if let place { value["place"] = .string(place) }
        keep("path") { node in
            guard let path = literal(node, "`path`") else { return nil }
            if path.hasPrefix("/") || path.hasPrefix("*") { return .string(path) }
            mistakes.report(
                "wrong-type", "`path` begins with `/` or `*`", remedy: "`*` stands within a segment, `**` for anything",
                at: node.span)
            return nil
        }
        keep("method") { mistakes.word($0, "`method`", of: FaultSpec.methods).map { .string($0) } }
        keep("status") { mistakes.integer($0, "`status`", in: 100...599).map { Value($0) } }
        keep("retry-after") { mistakes.integer($0, "`retry-after` (seconds)", in: 0...86_400).map { Value($0) } }
        keep("retry-after-date") { flag($0, "`retry-after-date`") }
        keep("latency") { durationValue($0, "`latency`") }
        keep("reorder") { durationValue($0, "`reorder`") }
        keep("lasting") { durationValue($0, "`lasting`") }
        keep("delay") { node in
            guard let text = literal(node, "`delay`") else { return nil }
            if FaultSpec.Effect(delay: text) != nil { return .string(text) }
            mistakes.report(
                "wrong-type", "`\(text)` is no distribution of delays",
                remedy: "write `uniform 100ms 2s`, `normal 1s 200ms` or `exponential 500ms`", at: node.span)
            return nil
        }
        keep("skew") { node in
            guard let text = literal(node, "`skew`") else { return nil }
            if FaultSpec.Effect.signed(text) != nil { return .string(text) }
            mistakes.report(
                "wrong-type", "`\(text)` is no offset of a clock", remedy: "write `+10m` or `-10m`", at: node.span)
            return nil
        }
        keep("content-type") { node in literal(node, "`content-type`").map { .string($0) } }
        keep("tls") { mistakes.word($0, "`tls`", of: FaultSpec.troubles).map { .string($0) } }
        keep("aadsts") { node in
            guard let code = mistakes.integer(node, "`aadsts`", in: 0...99_999_999) else { return nil }
            if MicrosoftWord.signInCodes.contains(code), place == nil || place == "entra" { return Value(code) }
            mistakes.report(
                "bad-fault",
                place == nil || place == "entra"
                    ? "`aadsts` knows no code \(code)" : "`aadsts` goes with `place: entra`",
                remedy: "known: " + MicrosoftWord.signInCodes.map(String.init).joined(separator: ", "), at: node.span)
            return nil
        }
        keep("issue") { node in
            guard let code = mistakes.integer(node, "`issue`", in: 0...99_999_999) else { return nil }
            if EpicIssueCode.all.contains(code), place == nil || place == "ehr" { return Value(code) }
            mistakes.report(
                "bad-fault",
                place == nil || place == "ehr" ? "Epic states no issue \(code)" : "`issue` goes with `place: ehr`",
                remedy: "known: " + EpicIssueCode.all.map(String.init).joined(separator: ", "), at: node.span)
            return nil
        }
        keep("drip") { mistakes.integer($0, "`drip` (bytes a tenth of a second)", in: 1...1_000_000).map { Value($0) } }
        keep("oversize") { mistakes.integer($0, "`oversize` (bytes)", in: 1...268_435_456).map { Value($0) } }
        keep("truncate") { node in
            node.text == "true"
                ? true : mistakes.integer(node, "`truncate` (bytes)", in: 0...268_435_456).map { Value($0) }
        }
        for key in ["hang-up", "reset", "bad-chunks", "duplicate", "revoked-token"] {
            keep(key) { flag($0, "`\(key)`") }
        }
        keep("percent") { mistakes.integer($0, "`percent`", in: 1...100).map { Value($0) } }
        keep("timeout") { node in
            node.text == "true" ? true : durationValue(node, "`timeout`")
        }
        keep("drop") { flag($0, "`drop`") }
        keep("malformed") { flag($0, "`malformed`") }
        keep("locked") { flag($0, "`locked`") }
        keep("redirect") { literal($0, "`redirect`").map { .string($0) } }
        keep("times") { mistakes.integer($0, "`times`", in: 1...100_000).map { Value($0) } }
        keep("nth") { mistakes.integer($0, "`nth`", in: 1...100_000).map { Value($0) } }
        keep("after-work") { mistakes.boolean($0, "`after-work`").map { .bool($0) } }
        form.finish()
        if let place, FaultSpec.channels.contains(place) {
            for key in ["path", "method"] where form.key(key) != nil {
                mistakes.report(
                    "bad-fault", "`\(key)` of \(place) is the deployment's to know", remedy: "leave it out",
                    at: form.key(key)?.span)
            }
        }
        let effects = FaultSpec.effects.filter { form.key($0) != nil }
        guard effects.count == 1 else {
            mistakes.report(
                "bad-fault",
                effects.isEmpty
                    ? "a fault without effect" : "a fault has one effect, not \(effects.joined(separator: " and "))",
                remedy: "write one of: \(FaultSpec.effects.joined(separator: ", "))", at: form.span)
            return nil
        }
        if form.key("retry-after") != nil, effects != ["status"] {
            mistakes.report("bad-fault", "`retry-after` goes with `status`", at: form.key("retry-after")?.span)
        }
        if form.key("retry-after-date") != nil, form.key("retry-after") == nil {
            mistakes.report(
                "bad-fault", "`retry-after-date` goes with `retry-after`", at: form.key("retry-after-date")?.span)
        }
        return place == nil ? nil : .object(value)
    }

    private func durationValue(_ node: YAMLNode, _ what: String) -> Value? {
        duration(node, what).map { .string(DurationText.format($0)) }
    }

    /// `true` only: a fault that is not there is left out.
    private func flag(_ node: YAMLNode, _ what: String) -> Value? {
        mistakes.word(node, what, of: ["true"]).map { _ in true }
    }
}

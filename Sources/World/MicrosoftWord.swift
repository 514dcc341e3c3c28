// SPDX-License-Identifier: Apache-2.0

package import Value

/// One thing that can be changed of Microsoft's side while a world runs: the words of `set: {microsoft: …}` in scenarios and
/// of the mock's control API, both read from ``ofTheWorld`` and ``ofAPerson``.
package struct MicrosoftWord: Sendable {
    package indirect enum Kind: Sendable {
        /// `true` or `false` (`yes`, `no`).
        case flag
        case number(ClosedRange<Int>)
        /// A code of a published list, or `none`.
        case code([Int])
        case word([String])
        /// `90s`, `15m`: on the world's clock.
        case duration
        /// The name of a person of the world, or several.
        case person
        case people
        case text
        case texts
        /// Further words; `shorthand` alone stands for that word set to true.
        case group([MicrosoftWord], shorthand: String?)
    }

    package let name: String
    package let kind: Kind
    package let text: String

    init(_ name: String, _ kind: Kind, _ text: String) {
        self.name = name
        self.kind = kind
        self.text = text
    }
}

extension MicrosoftWord {
    /// AADSTS codes a token request or a sign-in can be made to end with (wire-protocols 4.4).
    package static let signInCodes = [
        50011, 50012, 50013, 50020, 50034, 50053, 50057, 50058, 50059, 50072, 50074, 50076, 50079, 50105, 50126, 50196,
        53003, 54000, 65001, 65004, 70000, 70001, 70008, 70011, 90002, 90014, 90055, 90094, 700005, 700016, 700024,
        700027, 700084, 900023, 7000112, 7000215, 7000218, 7000222, 9002313,
    ]
    /// What a carrier can say of a message (wire-protocols 3.3).
    package static let deliveryCodes = [
        2000, 4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007, 4008, 5000, 5001, 5002, 9999,
    ]

    /// States of a subscription as Graph publishes them (`capabilityStatus` of subscribedSku); `enabled` and `warning` are active.
    package static let subscriptionStatuses = ["enabled", "warning", "suspended", "deleted", "locked-out"]

    /// What can be wrong with an id token, Microsoft's or an EHR's.
    package static let identityFlaws = [
        "unsigned", "unknown-key", "foreign-key", "wrong-issuer", "wrong-audience", "wrong-nonce", "expired",
        "key-confusion",
    ]

    private static let travel: [MicrosoftWord] = [
        .init("duplicate", .flag, "Each arrives twice."), .init("reorder", .flag, "Pairs arrive in the wrong order."),
        .init("together", .flag, "Pairs arrive in one body."),
        .init("forge", .number(0...1000), "A forged one goes ahead of so many."),
        .init("drop", .number(0...1000), "So many are lost."), .init("delay", .duration, "They come so late."),
    ]

    /// What is the whole organization's.
    package static let ofTheWorld: [MicrosoftWord] = [
        .init(
            "subscription", .word(ConnectorSubscription.allCases.map(\.rawValue)),
            "The product the organization subscribes to."),
        .init(
            "subscription-status", .word(subscriptionStatuses),
            "How that subscription stands: in its grace period (`warning`), or no longer active."),
        .init("access-policy", .flag, "Whether the Teams application access policy is granted."),
        .init("access-policy-after", .duration, "It is granted now, and acts so much later."),
        .init("access-policy-for", .people, "For whom alone it is granted."),
        .init("consent", .flag, "Whether an administrator has consented to the application."),
        .init("consent-after", .duration, "An administrator consents now, and it acts so much later."),
        .init(
            "application-after", .duration,
            "The application is registered only now: for so long it is not found in the directory (AADSTS700016)."),
        .init("application-error", .code(signInCodes), "Every token request of the application ends so (AADSTS)."),
        .init("assertions", .word(["once", "again"]), "Whether a client assertion is taken twice; Entra does."),
        .init(
            "signing-keys", .word(["rotate", "withdraw"]),
            "Entra signs with a new key; the old one stays published (`rotate`), or does not (`withdraw`)."),
        .init("identity", .word(identityFlaws), "The next id token is flawed; the EHR's have the same flaws."),
        .init("generation", .word(["a", "b", "both"]), "Which generation of call notifications is served."),
        .init("notifications", .group(travel, shorthand: nil), "How change notifications travel."),
        .init("sms-events", .group(travel, shorthand: nil), "How Event Grid's events travel."),
        .init(
            "numbers",
            .group(
                [
                    .init("fail", .flag, "Purchases end as failed."),
                    .init("delay", .duration, "From a purchase to the number."),
                    .init("search-error", .text, "Searches end so, for example `OutOfStock`; `none`."),
                    .init("purchase-error", .text, "Purchases end so, for example `NotEnoughCredit`; `none`."),
                ], shorthand: "fail"), "How the buying of phone numbers goes."),
        .init(
            "sms",
            .group(
                [
                    .init("refuse", .person, "Whose number the gateway refuses for good."),
                    .init("put-off", .person, "Whose next message the gateway puts off: 503 in the answer's item."),
                ], shorthand: nil), "Text messages."),
        .init(
            "limits",
            .group(
                [
                    .init("graph", .number(0...1_000_000), "Requests to Graph."),
                    .init("toll-free", .number(0...1_000_000), "Messages from a toll-free number."),
                    .init("short-code", .number(0...1_000_000), "Messages from a short code."),
                    .init("window", .duration, "In so long, for each of them that is named; real time."),
                ], shorthand: nil), "How much is taken in a time; beyond it 429."),
    ]

    /// What is one person's.
    package static let ofAPerson: [MicrosoftWord] = [
        .init("licences", .texts, "Service plans; none with `[]`."),
        .init("disabled-plans", .texts, "Which of them are switched off within the licence."),
        .init("tenant", .word(["foreign", "own"]), "Whose tenant the account belongs to."),
        .init("sign-in-error", .code(signInCodes), "Sign-ins and grants of the person end so (AADSTS)."),
        .init("delivery", .code(deliveryCodes), "The carrier's word on messages to the person."),
    ]
}

extension MicrosoftWord {
    /// The plain form of a value given to this word: numbers and flags typed, lists as lists. Nil with a sentence in
    /// `problem` where it is none; whether a person exists is the caller's to know.
    package func plain(_ value: Value, problem: inout String) -> Value? {
        func refuse(_ expected: String) -> Value? {
            problem = "`\(name)` is \(expected), not \(value.scalarText ?? value.json())"
            return nil
        }
        let text = value.scalarText
        switch kind {
        case .flag:
            guard let text, let flag = ["true": true, "yes": true, "false": false, "no": false][text] else {
                return refuse("`true` or `false`")
            }
            return .bool(flag)
        case .number(let range):
            guard let number = text.flatMap({ Int($0) }), range.contains(number) else {
                return refuse("a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return Value(number)
        case .code(let codes):
            if text == "none" { return "none" }
            guard let code = text.flatMap({ Int($0) }), codes.contains(code) else {
                return refuse("`none` or one of \(codes.map(String.init).joined(separator: ", "))")
            }
            return Value(code)
        case .word(let words):
            guard let text, words.contains(text) else { return refuse("one of \(words.joined(separator: ", "))") }
            return .string(text)
        case .duration, .person, .text:
            guard let text, !text.isEmpty else { return refuse("a word") }
            return .string(text)
        case .people, .texts:
            if value.isNull { return [] }
            if let text { return .array(text == "none" ? [] : text.split(separator: " ").map { .string(String($0)) }) }
            guard let items = value.array, items.allSatisfy({ $0.scalarText != nil }) else {
                return refuse("a list of words")
            }
            return .array(items.compactMap { $0.scalarText.map { .string($0) } })
        case .group(let words, let shorthand):
            if let shorthand, text == shorthand { return .object([shorthand: true]) }
            guard let members = value.members, !members.isEmpty else {
                return refuse("an object of \(words.map(\.name).joined(separator: ", "))")
            }
            return Self.plain(members, of: words, within: name, problem: &problem).map { .object($0) }
        }
    }

    /// All members in their plain form; nil with a sentence in `problem` where one is not known or wrong.
    package static func plain(
        _ members: Members, of words: [MicrosoftWord], within place: String, problem: inout String
    ) -> Members? {
        var plain = Members()
        for (name, value) in members {
            guard let word = words.first(where: { $0.name == name }) else {
                problem = "`\(place)` knows no `\(name)`: write \(words.map(\.name).joined(separator: ", "))"
                return nil
            }
            guard let value = word.plain(value, problem: &problem) else { return nil }
            plain[name] = value
        }
        return plain
    }
}

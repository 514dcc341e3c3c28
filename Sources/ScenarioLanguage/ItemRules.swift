// SPDX-License-Identifier: Apache-2.0

/// One kind of step, or of item under `always`: the keys that are the language's own. The parser reads by it, and the tables of
/// the documentation are printed from it.
struct ItemRule: Sendable {
    /// The keys that begin it.
    let heads: [String]
    /// How it is written, for the table.
    let sample: String
    /// Its further keys; any other is a field of its event.
    let keys: [String]
    let meaning: String

    var ownKeys: [String] { heads + keys }
}

/// The kinds of steps.
enum StepRules {
    private static let common = ["optional", "strict", "when"]

    static let expect = ItemRule(
        heads: ["expect"], sample: "expect: EVENT",
        keys: ["within", "as", "count", "since", "check", "capture", "fields"] + common,
        meaning: "Such an event is awaited; every other key is one of its fields, with a matcher.")
    static let absent = ItemRule(
        heads: ["absent"], sample: "absent: EVENT", keys: ["for", "as", "since", "fields"] + common,
        meaning: "No such event comes over a window of the world's clock.")
    static let set = ItemRule(
        heads: ["set"], sample: "set: {clock: +5m}", keys: common,
        meaning: "The world is set: its clock, a fault, data of the EHR or of Microsoft.")
    static let call = ItemRule(
        heads: ["do"], sample: "do: PROCEDURE", keys: ["with"] + common,
        meaning: "The steps of a procedure, with its arguments.")
    static let act = ItemRule(
        heads: [], sample: "ACTOR VERB: object", keys: ["outcome", "as", "check", "capture"] + common,
        meaning: "Somebody does something; the verbs and their keys stand below.")
    static let request = ItemRule(
        heads: [], sample: "SENDER requests: URL",
        keys: [
            "method", "headers", "json", "form", "body", "follow", "timeout", "status", "as", "check", "capture",
        ] + common,
        meaning: "One plain HTTP request.")

    static let all = [act, request, set, expect, absent, call]
}

/// The kinds of items under `always`.
enum InvariantRules {
    static let never = ItemRule(
        heads: ["never"], sample: "never: EVENT", keys: ["after", "before", "per", "as", "when"],
        meaning: "No such event comes.")
    static let count = ItemRule(
        heads: ["exactly", "at-least", "at-most"], sample: "exactly: N, at-least: N, at-most: N",
        keys: ["of", "after", "before", "per", "as", "when"],
        meaning: "So many events `of` a kind come, in all or for each value of `per`.")
    static let sequence = ItemRule(
        heads: ["in-order"], sample: "in-order: [EVENT, EVENT]", keys: ["after", "before", "per", "as", "when"],
        meaning: "All come, each after the one before it.")
    static let order = ItemRule(
        heads: ["first"], sample: "first: EVENT", keys: ["then", "per", "as", "when"],
        meaning: "Each `then` has a `first` before it.")
    static let response = ItemRule(
        heads: ["each"], sample: "each: EVENT", keys: ["then", "within", "per", "as", "when"],
        meaning: "Each is followed by a `then` in time.")
    static let privacy = ItemRule(
        heads: ["privacy"], sample: "privacy: POLICY", keys: ["between", "as", "when"],
        meaning:
            "The flow policy holds on all surfaces; with `between: [PERSON, PERSON]` nothing else tells these people apart."
    )
    static let rules = ItemRule(
        heads: ["protocol"], sample: "protocol: FAMILY", keys: ["as", "when"],
        meaning: "No rule of `smart`, `fhir`, `graph`, `sms` or `http` is broken.")

    static let all = [never, count, sequence, order, response, privacy, rules]
    static let heads = all.flatMap(\.heads)
}

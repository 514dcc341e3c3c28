// SPDX-License-Identifier: Apache-2.0

internal import ScenarioLanguage
package import SourceText
internal import Value
internal import World

/// Reads `Scenarios/policies/*.yaml`. Pure: the caller brings the texts.
package struct FlowPolicyReader {
    private var diagnostics: [Diagnostic] = []

    private init() {}

    /// Every policy of the files, by name, or every mistake in them. A policy may build on one of another file (`of:`).
    package static func read(_ files: [SourceFile]) -> (policies: [String: FlowPolicy], diagnostics: [Diagnostic]) {
        var reader = FlowPolicyReader()
        var nodes: [(file: SourceFile, node: YAMLNode)] = []
        for file in files {
            let (node, mistakes) = YAMLParser.parse(file)
            reader.diagnostics += mistakes
            if let node { nodes.append((file, node)) }
        }
        var policies: [String: FlowPolicy] = [:]
        // Those that stand alone first: the others take their rules.
        for (file, node) in nodes.sorted(by: { ($0.node["of"] == nil ? 0 : 1) < ($1.node["of"] == nil ? 0 : 1) }) {
            guard let policy = reader.policy(node, file, known: policies) else { continue }
            policies[policy.name] = policy
        }
        return (policies, reader.diagnostics)
    }

    private mutating func report(
        _ code: String, _ message: String, _ remedy: String?, _ node: YAMLNode, _ file: SourceFile
    ) {
        diagnostics.append(Diagnostic(code: code, message: message, remedy: remedy, path: file.path, span: node.span))
    }

    private mutating func policy(_ node: YAMLNode, _ file: SourceFile, known: [String: FlowPolicy]) -> FlowPolicy? {
        unknownKeys(node, ["policy", "title", "of", "looks-at", "region", "groups", "rules"], file)
        guard let name = node["policy"]?.text else {
            report("missing-key", "a policy needs a name", "begin with `policy: NAME`", node, file)
            return nil
        }
        var groups: [String: [String]] = [:]
        for entry in node["groups"]?.entries ?? [] {
            groups[entry.name] = (entry.value.items ?? []).compactMap(\.text)
            for item in entry.value.items ?? [] { checkClass(item, [:], file) }
        }
        var rules: [FlowPolicy.Rule] = []
        if let base = node["of"] {
            guard let parent = base.text.flatMap({ known[$0] }) else {
                report("unknown-policy", "there is no policy `\(base.text ?? "")` to build on", nil, base, file)
                return nil
            }
            rules = parent.rules
        }
        // Own rules come first: they are the exceptions.
        rules = (node["rules"]?.items ?? []).compactMap { rule($0, groups, file) } + rules
        if rules.isEmpty {
            report("no-rules", "the policy `\(name)` has no rules", "add `rules:` or `of:`", node, file)
        }
        var scope = FlowPolicy.Scope()
        if let looks = node["looks-at"] { self.scope(looks, groups, file, into: &scope) }
        var region = FlowPolicy.RegionRule.ignored
        if let word = node["region"] {
            guard let known = word.text.flatMap(FlowPolicy.RegionRule.init(rawValue:)) else {
                report("unknown-word", "`region` is `own` or `ignored`", nil, word, file)
                return nil
            }
            region = known
        }
        return FlowPolicy(name: name, title: node["title"]?.text ?? name, scope: scope, region: region, rules: rules)
    }

    private mutating func scope(
        _ node: YAMLNode, _ groups: [String: [String]], _ file: SourceFile, into scope: inout FlowPolicy.Scope
    ) {
        unknownKeys(node, ["places", "data", "not", "people", "origins", "to"], file)
        scope.places = Set(words(node["places"], file) { FlowPolicy.Place(rawValue: $0) })
        scope.classes = classes(node["data"], groups, file)
        scope.exceptClasses = classes(node["not"], groups, file)
        scope.roles = Set(words(node["people"], file) { Role(rawValue: $0) })
        scope.origins = Set(words(node["origins"], file) { DataOrigin(rawValue: $0)?.rawValue })
        scope.to = words(node["to"], file) { PartyPattern.isKnown($0) ? PartyPattern($0) : nil }
    }

    private mutating func rule(_ node: YAMLNode, _ groups: [String: [String]], _ file: SourceFile) -> FlowPolicy.Rule? {
        unknownKeys(
            node, ["rule", "data", "people", "origins", "at", "from", "to", "in", "until", "is", "because"], file)
        guard let id = node["rule"]?.text, let word = node["is"]?.text, ["allowed", "forbidden"].contains(word) else {
            report("bad-rule", "a rule needs `rule: NAME` and `is: allowed` or `is: forbidden`", nil, node, file)
            return nil
        }
        var rule = FlowPolicy.Rule(id: id, isAllowed: word == "allowed", because: node["because"]?.text ?? "")
        rule.classes = classes(node["data"], groups, file)
        rule.roles = Set(words(node["people"], file) { Role(rawValue: $0) })
        rule.origins = Set(words(node["origins"], file) { DataOrigin(rawValue: $0)?.rawValue })
        rule.place = words(node["at"], file) { FlowPolicy.Place(rawValue: $0) }.first
        rule.from = words(node["from"], file) { PartyPattern.isKnown($0) ? PartyPattern($0) : nil }
        rule.to = words(node["to"], file) { PartyPattern.isKnown($0) ? PartyPattern($0) : nil }
        rule.pointers = words(node["in"], file) { $0.hasPrefix("/") ? $0 : nil }
        rule.until = words(node["until"], file) { Self.until($0) }.first
        return rule
    }

    /// `visit.end + 24h`, `visit.start`.
    private static func until(_ text: String) -> FlowPolicy.Until? {
        let pieces = text.split(separator: "+").map { $0.filter { $0 != " " } }
        guard let first = pieces.first, first.hasPrefix("visit."), pieces.count <= 2,
            let edge = FlowPolicy.Until.Edge(rawValue: String(first.dropFirst("visit.".count)))
        else { return nil }
        guard pieces.count == 2 else { return FlowPolicy.Until(edge: edge, offset: .zero) }
        return DurationText.parse(pieces[1]).map { FlowPolicy.Until(edge: edge, offset: $0) }
    }

    /// One word or a list; what `read` does not know is reported.
    private mutating func words<Word>(_ node: YAMLNode?, _ file: SourceFile, _ read: (String) -> Word?) -> [Word] {
        guard let node else { return [] }
        return (node.items ?? [node]).compactMap { item in
            let word = item.text.flatMap(read)
            if word == nil {
                report("unknown-word", "`\(item.text ?? item.typeName)` is not known here", nil, item, file)
            }
            return word
        }
    }

    private mutating func classes(_ node: YAMLNode?, _ groups: [String: [String]], _ file: SourceFile) -> Set<String> {
        guard let node else { return [] }
        var classes: Set<String> = []
        for item in node.items ?? [node] {
            guard let word = item.text, word != "any" else { continue }
            if let group = groups[word] { classes.formUnion(group) } else { classes.insert(word) }
            checkClass(item, groups, file)
        }
        return classes
    }

    private mutating func checkClass(_ node: YAMLNode, _ groups: [String: [String]], _ file: SourceFile) {
        let word = node.text ?? ""
        if groups[word] != nil || word == "any" || DataClass(rawValue: word) != nil
            || FlowPolicy.otherClasses.contains(word)
        {
            return
        }
        let known = DataClass.allCases.map(\.rawValue) + FlowPolicy.otherClasses.sorted() + groups.keys.sorted()
        let guess = nearestWord(to: word, in: known).map { "did you mean `\($0)`?" }
        report("unknown-class", "`\(word)` is no class of datum", guess, node, file)
    }

    private mutating func unknownKeys(_ node: YAMLNode, _ known: [String], _ file: SourceFile) {
        for entry in node.entries ?? [] where !known.contains(entry.name) {
            let guess = nearestWord(to: entry.name, in: known).map { "did you mean `\($0)`?" }
            report("unknown-key", "unknown key `\(entry.name)`", guess, entry.key, file)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Ledger
package import SourceText
internal import Value
internal import World

extension Deployment {
    /// Reads a deployment file. The deployment is nil where there are errors; all of them are reported at once.
    /// - Parameter environment: where `$(env.NAME)` is looked up; secrets stand nowhere else.
    package static func parse(
        _ file: SourceFile, environment: [String: String], ledger: Ledger? = nil
    ) -> (deployment: Deployment?, diagnostics: [Diagnostic]) {
        let diagnostics = DeploymentDiagnostics(file: file, environment: environment)
        let (root, found) = YAMLParser.parse(file)
        diagnostics.add(found)
        guard let root else {
            if found.isEmpty { diagnostics.report("empty", "the file holds no deployment", at: nil) }
            return (nil, diagnostics.all)
        }
        let deployment = DeploymentReader(diagnostics, ledger: ledger).read(root)
        let hasErrors = diagnostics.all.contains { $0.severity == .error }
        let sorted = diagnostics.all.enumerated().sorted { left, right in
            (left.element.span?.start.utf8Offset ?? -1, left.offset)
                < (right.element.span?.start.utf8Offset ?? -1, right.offset)
        }
        return (hasErrors ? nil : deployment, sorted.map(\.element))
    }
}

/// Turns the tree into the model. Nil answers always come with a diagnostic.
struct DeploymentReader {
    let diagnostics: DeploymentDiagnostics
    /// What may be claimed; nil leaves it to whoever runs the deployment.
    let ledger: Ledger?

    init(_ diagnostics: DeploymentDiagnostics, ledger: Ledger?) {
        self.diagnostics = diagnostics
        self.ledger = ledger
    }

    /// Names known while the connector is started.
    private let startNames: Set<String> = [
        "assay.bin", "data", "here", "mocks.ca", "mocks.egress", "mocks.ehr", "mocks.hosts", "mocks.microsoft",
        "mocks.sms", "port", "rsa-key",
    ]
    /// Names known once it runs, per world.
    private let worldNames: Set<String> = [
        "assay.bin", "connector", "data", "here", "mocks.ca", "mocks.egress", "mocks.ehr", "mocks.hosts",
        "mocks.microsoft", "mocks.sms", "tenant", "world",
    ]

    func read(_ root: YAMLNode) -> Deployment? {
        let keys: Set<String> = [
            "id", "title", "reach", "registrations", "claims", "clock", "egress", "evidence", "bindings", "mocks",
            "worlds", "handoff", "sms", "trust", "writeback", "own-services",
        ]
        guard let fields = DeploymentFields(root, keys: keys, in: diagnostics) else { return nil }
        let id = fields.requiredText("id")
        let reach = fields.required("reach").flatMap(reach)
        let registrations = fields.required("registrations").flatMap(registrations)
        let clock = fields["clock"].map(clock)
        let bindings = BindingReader(diagnostics, names: worldNames.union(["actor"])).read(fields.entries("bindings"))
        let evidence = evidence(fields.items("evidence"))
        let claims = claims(fields["claims"])
        let surroundings = SurroundingsReader(diagnostics: diagnostics)
        let mocks = surroundings.mocks(fields["mocks"])
        let worlds = surroundings.worlds(fields["worlds"], bindings: bindings)
        let channels = ChannelReader(diagnostics: diagnostics)
        let sms = channels.sms(fields["sms"])
        let egress = fields.word("egress", Deployment.Egress.self) ?? .unobserved
        if egress == .namespace, case .url? = reach {
            diagnostics.report(
                "conflict", "a connector that runs already cannot be given a network of its own",
                "reach it by command, or write egress: proxy", at: fields["egress"]?.span)
        }
        guard let id, let reach, let registrations else { return nil }
        let folder = URL(fileURLWithPath: diagnostics.path).deletingLastPathComponent().path
        return Deployment(
            id: id, title: fields.text("title") ?? id, folder: folder, reach: reach, registrations: registrations,
            claims: claims,
            clock: clock ?? ClockSettings(mode: .real, scope: .process, read: nil, advance: nil, settle: nil),
            egress: egress, evidence: evidence,
            bindings: bindings,
            mocks: mocks, worlds: worlds, trust: fields.text("trust"), sms: sms,
            writeback: channels.writeback(fields["writeback"]), handoff: hosts("handoff", in: fields),
            ownServices: hosts("own-services", in: fields), secrets: diagnostics.secrets.sorted())
    }

    private func hosts(_ key: String, in fields: DeploymentFields) -> [String] {
        fields.items(key).compactMap { node in
            guard let text = diagnostics.text(node) else { return nil }
            if text.contains("/") || text.contains(":") {
                let host = text.split(separator: "/").first { $0 != "http:" && $0 != "https:" }.map(String.init) ?? text
                diagnostics.report(
                    "wrong-type", "\"\(text)\" is an address, and a host is wanted",
                    "write \"\(host.split(separator: ":").first.map(String.init) ?? host)\"; * stands for any part",
                    at: node.span)
            }
            return text
        }
    }

    // MARK: Reach

    private func reach(_ node: YAMLNode) -> Deployment.Reach? {
        let keys: Set<String> = [
            "url", "command", "environment", "directory", "ready", "ready-within", "stop-within",
        ]
        guard let fields = DeploymentFields(node, keys: keys, in: diagnostics) else { return nil }
        if fields["command"] == nil {
            if fields["url"] == nil {
                diagnostics.report(
                    "missing-key", "neither \"url\" nor \"command\" says how to reach the connector",
                    "add url: … of one that runs, or command: […]", at: node.span)
            }
            return address(fields["url"]).map { .url($0) }
        }
        if fields["url"] != nil {
            diagnostics.report(
                "conflict", "\"url\" and \"command\" exclude each other",
                "keep url for a connector that runs already, command for one that Assay starts", at: fields["url"]?.span
            )
        }
        let command = fields.templates("command", startNames)
        guard !command.isEmpty else {
            diagnostics.report(
                "missing-key", "\"command\" is empty", "write [program, argument]", at: fields["command"]?.span)
            return nil
        }
        if let node = fields["command"], let text = node.text, text.contains(" ") {
            let words = text.split(separator: " ").joined(separator: ", ")
            diagnostics.report(
                "wrong-type", "a command is a list: no shell takes this text apart", "write [\(words)]", at: node.span)
        }
        let environment = Dictionary(
            fields.fields("environment", startNames).map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first })
        return .command(
            Deployment.CommandReach(
                command: command, environment: environment, directory: fields.template("directory", startNames),
                ready: ready(fields["ready"]) ?? .jsonLine,
                readyWithin: fields.duration("ready-within") ?? .seconds(60),
                stopWithin: fields.duration("stop-within") ?? .seconds(5)))
    }

    /// Where something listens: an address with its scheme, or a reference to one.
    private func address(_ node: YAMLNode?) -> Template? {
        guard let node, let template = diagnostics.template(node, names: startNames) else { return nil }
        if template.text.wholeMatch(of: /(https?:\/\/|\$\().+/) == nil {
            diagnostics.report(
                "wrong-type", "\"\(template.text)\" is no address", "begin with http:// or https://", at: node.span)
        }
        return template
    }

    private func ready(_ node: YAMLNode?) -> Deployment.Ready? {
        guard let node else { return nil }
        if let text = node.text {
            if text == "json-line" { return .jsonLine }
            diagnostics.report(
                "unknown-word", "\"\(text)\" is no way to be ready", "write json-line, or {probe: URL}", at: node.span)
            return nil
        }
        guard let fields = DeploymentFields(node, keys: ["probe", "url"], in: diagnostics),
            let probe = fields.required("probe").flatMap(address)
        else { return nil }
        return .probe(url: probe, connector: address(fields["url"]) ?? probe)
    }

    // MARK: Registrations

    private func registrations(_ node: YAMLNode) -> Registrations? {
        guard let fields = DeploymentFields(node, keys: ["cerner", "epic", "entra", "sms"], in: diagnostics) else {
            return nil
        }
        let sms = fields["sms"].flatMap { node -> Registrations.SMS? in
            guard let fields = DeploymentFields(node, keys: ["access-key", "hook-url"], in: diagnostics),
                let key = fields.requiredTemplate("access-key", worldNames)
            else { return nil }
            return Registrations.SMS(accessKey: key, hookURL: fields.template("hook-url", worldNames))
        }
        return Registrations(
            cerner: fields["cerner"].flatMap(ehr), epic: fields["epic"].flatMap(ehr),
            entra: fields["entra"].flatMap(entra),
            sms: sms)
    }

    private func ehr(_ node: YAMLNode) -> Registrations.EHR? {
        let keys: Set<String> = [
            "client-id", "client-secret", "authentication", "jwks", "redirect-uris", "launch-urls", "system",
            "writeback",
        ]
        guard let fields = DeploymentFields(node, keys: keys, in: diagnostics) else { return nil }
        let clientID = fields.requiredTemplate("client-id", worldNames)
        let redirects = fields.required("redirect-uris") == nil ? [] : addresses("redirect-uris", fields)
        let authentication = fields.word("authentication", Registrations.Authentication.self)
        let secret = fields.template("client-secret", worldNames)
        // A word that is none was told already: what it would need nobody knows.
        let isKnown = authentication != nil || fields["authentication"] == nil
        if isKnown, [.basic, .post].contains(authentication ?? .basic), secret == nil {
            _ = fields.required("client-secret")
        }
        if authentication == .privateKeyJWT { _ = fields.required("jwks") }
        guard let clientID else { return nil }
        return Registrations.EHR(
            clientID: clientID, clientSecret: secret, authentication: authentication ?? .basic,
            jwks: fields.template("jwks", worldNames), redirectURIs: redirects,
            launchURLs: addresses("launch-urls", fields),
            system: system(fields["system"], hasKeys: fields["jwks"] != nil),
            writeback: credentials(fields["writeback"], "user", "password"))
    }

    /// Registered addresses, which are compared whole: a path alone would fit nothing.
    private func addresses(_ key: String, _ fields: DeploymentFields) -> [Template] {
        fields.items(key).compactMap { node in
            guard let template = diagnostics.template(node, names: worldNames) else { return nil }
            if !template.text.contains("://"), !template.text.hasPrefix("$(") {
                diagnostics.report(
                    "wrong-type", "\"\(template.text)\" is no whole address", "write \"$(connector)/…\"", at: node.span)
            }
            return template
        }
    }

    /// The client of backend services, which has a secret or, where there is a key set, signs assertions.
    private func system(_ node: YAMLNode?, hasKeys: Bool) -> Registrations.System? {
        guard let node,
            let fields = DeploymentFields(node, keys: ["client-id", "client-secret"], in: diagnostics)
        else { return nil }
        let id = fields.requiredTemplate("client-id", worldNames)
        let secret = fields.template("client-secret", worldNames)
        if secret == nil, !hasKeys { _ = fields.required("client-secret") }
        return id.map { Registrations.System(id: $0, secret: secret) }
    }

    private func credentials(_ node: YAMLNode?, _ id: String, _ secret: String) -> Registrations.Credentials? {
        guard let node, let fields = DeploymentFields(node, keys: [id, secret], in: diagnostics) else { return nil }
        let first = fields.requiredTemplate(id, worldNames)
        let second = fields.requiredTemplate(secret, worldNames)
        guard let first, let second else { return nil }
        return Registrations.Credentials(id: first, secret: second)
    }

    private func entra(_ node: YAMLNode) -> Registrations.Entra? {
        let keys: Set<String> = [
            "client-id", "client-secret", "certificates", "redirect-uris", "application-permissions",
            "delegated-permissions", "access-policy",
        ]
        guard let fields = DeploymentFields(node, keys: keys, in: diagnostics) else { return nil }
        let id = fields.requiredTemplate("client-id", worldNames)
        let secret = fields.template("client-secret", worldNames)
        let certificates = fields.templates("certificates", worldNames)
        if fields["client-secret"] == nil, certificates.isEmpty { _ = fields.required("client-secret") }
        guard let id else { return nil }
        return Registrations.Entra(
            clientID: id, clientSecret: secret, certificates: certificates,
            redirectURIs: addresses("redirect-uris", fields),
            applicationPermissions: fields.texts("application-permissions"),
            delegatedPermissions: fields.texts("delegated-permissions"),
            accessPolicy: fields.flag("access-policy") ?? true)
    }

    // MARK: The rest

    private func claims(_ node: YAMLNode?) -> Deployment.Claims {
        guard let node,
            let fields = DeploymentFields(node, keys: ["profiles", "regions", "features", "editions"], in: diagnostics)
        else { return Deployment.Claims(profiles: [], regions: [], features: [:]) }
        var features: [String: Bool] = [:]
        for entry in fields.entries("features") {
            if let flag = entry.value.value.bool {
                features[entry.name] = flag
            } else {
                let found = entry.value.text.map { "\"\($0)\"" } ?? "a \(entry.value.typeName)"
                diagnostics.report(
                    "wrong-type", "expected true or false, found \(found)",
                    "write \(entry.name): true, or \(entry.name): false, without quotes", at: entry.value.span)
            }
        }
        known(fields.items("regions"), "region", Region.allCases.map(\.rawValue))
        if let ledger {
            known(fields.items("profiles"), "profile", ledger.profiles.map(\.id))
            known(fields.entries("features").map(\.key), "feature", ledger.features)
            known(fields.entries("editions").map(\.key), "profile", ledger.profiles.map(\.id))
        }
        var editions: [String: [Template]] = [:]
        let entries = fields.entries("editions")
        if !entries.isEmpty, let inner = fields["editions"],
            let arguments = DeploymentFields(inner, keys: Set(entries.map(\.name)), in: diagnostics)
        {
            for entry in entries { editions[entry.name] = arguments.templates(entry.name, startNames) }
        }
        return Deployment.Claims(
            profiles: fields.texts("profiles"), regions: fields.texts("regions"), features: features,
            editions: editions)
    }

    private func known(_ nodes: [YAMLNode], _ what: String, _ words: [String]) {
        for node in nodes {
            guard let text = node.text, !words.contains(text) else { continue }
            diagnostics.report(
                "unknown-word", "there is no \(what) \"\(text)\"",
                nearestWord(to: text, in: words).map { "did you mean \"\($0)\"?" }
                    ?? "known are: \(words.joined(separator: ", "))", at: node.span)
        }
    }

    private func clock(_ node: YAMLNode) -> ClockSettings {
        let fields = DeploymentFields(
            node, keys: ["mode", "scope", "read", "advance", "settle", "longest-wait"], in: diagnostics)
        let mode = fields?.word("mode", ClockSettings.Mode.self) ?? .real
        let read = fields?["read"].flatMap(clockCall)
        let advance = fields?["advance"].flatMap(clockCall)
        if let fields, mode != .real {
            for key in ["read", "advance"] { _ = fields.required(key) }
        }
        if let fields, mode == .real {
            for key in ["read", "advance"] where fields[key] != nil {
                diagnostics.report("conflict", "a real clock is neither read nor moved", at: fields[key]?.span)
            }
        }
        if let fields, mode == .command {
            for (key, call) in [("read", read), ("advance", advance)] {
                guard case .request? = call else { continue }
                diagnostics.report(
                    "conflict", "mode command speaks to the clock by a command", "write {command: […]}",
                    at: fields[key]?.span)
            }
        }
        return ClockSettings(
            mode: mode, scope: fields?.word("scope", ClockSettings.Scope.self) ?? .process, read: read,
            advance: advance, settle: fields?.duration("settle"),
            longestWait: fields?.duration("longest-wait") ?? ClockSettings.defaultLongestWait)
    }

    private func clockCall(_ node: YAMLNode) -> ClockSettings.ClockCall? {
        guard let fields = DeploymentFields(node, keys: ["request", "command"], in: diagnostics) else { return nil }
        let names = worldNames.union(["to"])
        if fields["command"] != nil { return .command(fields.templates("command", names)) }
        return fields.required("request").flatMap { BindingReader(diagnostics, names: names).request($0)?.0 }
            .map { .request($0) }
    }

    private func evidence(_ nodes: [YAMLNode]) -> [EvidenceDeclaration] {
        var seen: Set<String> = []
        return nodes.compactMap { node in
            let source = evidence(node)
            if let id = source?.id, !seen.insert(id).inserted {
                diagnostics.report(
                    "conflict", "two sources are called \"\(id)\"", "give each an id of its own", at: node["id"]?.span)
            }
            return source
        }
    }

    private func evidence(_ node: YAMLNode) -> EvidenceDeclaration? {
        let keys: Set<String> = ["id", "kind", "path", "database", "command", "environment", "within", "control"]
        guard let fields = DeploymentFields(node, keys: keys, in: diagnostics) else { return nil }
        let names = startNames.union(["connector"])
        let id = fields.requiredText("id")
        _ = fields.required("kind")
        guard let kind = fields.word("kind", EvidenceDeclaration.Kind.self) else { return nil }
        var command = fields.templates("command", names)
        switch kind {
        case .file, .folder, .sqlite: _ = fields.required("path")
        case .command: _ = fields.required("command")
        case .postgresql:
            if command.isEmpty, let database = fields.requiredTemplate("database", names) {
                // Text as it was stored, one row a line; the owner's and the schema's words are nobody's data.
                command = ["pg_dump", "--data-only", "--no-owner", "--no-privileges", "--dbname"].map { Template($0) }
                command.append(database)
            }
        case .stdout, .stderr: break
        }
        let control = fields.text("control")
        if let control, !EvidenceDeclaration.controls.contains(control) {
            diagnostics.report(
                "unknown-word",
                "\"\(control)\" is none of: \(EvidenceDeclaration.controls.joined(separator: ", "))",
                nearestWord(to: control, in: EvidenceDeclaration.controls).map { "did you mean \"\($0)\"?" },
                at: fields["control"]?.span)
        }
        guard let id else { return nil }
        return EvidenceDeclaration(
            id: id, kind: kind, path: fields.template("path", names), command: command,
            environment: Dictionary(
                fields.fields("environment", names).map { ($0.name, $0.value) },
                uniquingKeysWith: { first, _ in first }),
            within: fields.duration("within") ?? .seconds(60), control: control)
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import SourceText
internal import Value
internal import World

/// Reads what a deployment file says of the world around its connector: `worlds`, `mocks`.
struct SurroundingsReader {
    let diagnostics: DeploymentDiagnostics

    // MARK: Worlds

    func worlds(_ node: YAMLNode?, bindings: [String: Binding]) -> WorldSettings {
        guard let node else { return WorldSettings(mode: .fresh) }
        if let text = node.text {
            let modes = WorldSettings.Mode.allCases.map(\.rawValue)
            if !modes.contains(text) {
                diagnostics.report(
                    "unknown-word", "\"\(text)\" is none of: \(modes.joined(separator: ", "))",
                    nearestWord(to: text, in: modes).map { "did you mean \"\($0)\"?" }, at: node.span)
            } else if text != "fresh" {
                diagnostics.report(
                    "wrong-type", "\"\(text)\" needs a mapping",
                    "write {mode: \(text), reset: …, tenants: […]}", at: node.span)
            }
            return WorldSettings(mode: .fresh)
        }
        guard
            let fields = DeploymentFields(node, keys: ["mode", "parallel", "reset", "tenants"], in: diagnostics)
        else { return WorldSettings(mode: .fresh) }
        let mode = fields.word("mode", WorldSettings.Mode.self) ?? .fresh
        if let reset = fields.text("reset"), bindings[reset] == nil {
            diagnostics.report(
                "unknown-name", "there is no binding \"\(reset)\"", "add bindings.\(reset)", at: fields["reset"]?.span)
        }
        let tenants = fields.items("tenants").compactMap(tenant)
        if mode == .fresh, let span = fields["tenants"]?.span {
            diagnostics.report(
                "conflict", "fresh worlds bring their own tenants", "write mode: pool or fixed", at: span)
        }
        if mode != .fresh, fields.required("tenants") != nil, tenants.isEmpty, diagnostics.all.isEmpty {
            diagnostics.report("missing-key", "\"tenants\" is empty", "name one at least", at: fields["tenants"]?.span)
        }
        if mode == .pool { _ = fields.required("reset") }
        unique(tenants.map(\.tenant) + tenants.flatMap { $0.bases.map(\.place) }, at: fields["tenants"]?.span)
        return WorldSettings(
            mode: mode, parallel: fields.integer("parallel"), reset: fields.text("reset"), tenants: tenants)
    }

    private func unique(_ ids: [String], at span: SourceSpan?) {
        var seen: Set<String> = []
        for id in ids where !seen.insert(id).inserted {
            diagnostics.report(
                "conflict", "\"\(id)\" stands for two tenants or bases", "the mocks tell worlds apart by these",
                at: span)
        }
    }

    private func tenant(_ node: YAMLNode) -> ProvisionedTenant? {
        let keys: Set<String> = ["name", "vendor", "tenant", "domain", "organization", "bases"]
        guard let fields = DeploymentFields(node, keys: keys, in: diagnostics) else { return nil }
        _ = fields.required("vendor")
        let vendor = fields.word("vendor", Vendor.self)
        let tenant = fields.requiredText("tenant")
        if let tenant, UUID(uuidString: tenant) == nil {
            diagnostics.report(
                "wrong-type", "\"\(tenant)\" is no tenant id of Entra", "write its GUID", at: fields["tenant"]?.span)
        }
        _ = fields.required("bases")
        let bases = fields.items("bases").compactMap { node -> ProvisionedTenant.Base? in
            guard let fields = DeploymentFields(node, keys: ["environment", "place"], in: diagnostics),
                let place = fields.requiredText("place")
            else { return nil }
            if place.contains("/") {
                diagnostics.report(
                    "wrong-type", "\"\(place)\" is more than one piece of a path",
                    "write the tenant's GUID (Cerner) or the instance's name (Epic) alone", at: fields["place"]?.span)
            }
            return .init(environment: fields.word("environment", FHIREnvironment.self) ?? .test, place: place)
        }
        guard let vendor, let tenant else { return nil }
        return ProvisionedTenant(
            name: fields.text("name") ?? tenant, vendor: vendor, tenant: tenant.lowercased(),
            domain: fields.text("domain"), organization: fields.text("organization"), bases: bases)
    }

    // MARK: Mocks

    func mocks(_ node: YAMLNode?) -> MockSettings {
        let keys: Set<String> = [
            "listen", "ports", "public-url", "tls", "certificate", "key", "ca", "names", "microsoft",
        ]
        guard let node, let fields = DeploymentFields(node, keys: keys, in: diagnostics) else { return MockSettings() }
        var isReal = false
        if let text = fields.text("microsoft") {
            if !["real", "mock"].contains(text) {
                diagnostics.report("unknown-word", "\"\(text)\" is none of: mock, real", at: fields["microsoft"]?.span)
            }
            isReal = text == "real"
        }
        let tls = fields.word("tls", MockSettings.TLS.self) ?? .none
        var files: MockSettings.Files?
        if tls == .files {
            if let certificate = fields.requiredText("certificate"), let key = fields.requiredText("key") {
                files = .init(certificate: certificate, key: key, authority: fields.text("ca"))
            }
        } else {
            for key in ["certificate", "key", "ca"] where fields[key] != nil {
                diagnostics.report("conflict", "\"\(key)\" belongs to tls: files", at: fields[key]?.span)
            }
        }
        return MockSettings(
            listen: fields.text("listen") ?? "127.0.0.1", ports: ports(fields), publicURLs: publicURLs(fields),
            tls: tls, files: files, names: wellKnown(fields, tls), isMicrosoftReal: isReal)
    }

    private func ports(_ fields: DeploymentFields) -> [MockSettings.Listener: Int] {
        var ports: [MockSettings.Listener: Int] = [:]
        for entry in fields.entries("ports") {
            guard let listener = listener(entry.name, at: entry.key.span) else { continue }
            if let port = entry.value.value.int, (0...65_535).contains(port) {
                ports[listener] = port
            } else {
                diagnostics.report("wrong-type", "expected a port", "write 0 to 65535", at: entry.value.span)
            }
        }
        return ports
    }

    private func publicURLs(_ fields: DeploymentFields) -> [MockSettings.Listener: Template] {
        if let node = fields["public-url"], node.text != nil {
            diagnostics.report(
                "wrong-type", "the parties of the world have an address each",
                "write public-url: {ehr: https://…, microsoft: https://…}", at: node.span)
            return [:]
        }
        var urls: [MockSettings.Listener: Template] = [:]
        for entry in fields.entries("public-url") {
            guard let listener = listener(entry.name, at: entry.key.span),
                let template = diagnostics.template(entry.value, names: [])
            else { continue }
            if template.text.wholeMatch(of: /https?:\/\/[^\/?#\s]+/) == nil {
                diagnostics.report(
                    "wrong-type", "\"\(template.text)\" is no origin",
                    "write scheme, host and port alone: https://mocks.example.net:8443", at: entry.value.span)
            }
            urls[listener] = template
        }
        return urls
    }

    private func wellKnown(_ fields: DeploymentFields, _ tls: MockSettings.TLS) -> [String: MockSettings.Listener] {
        if fields["names"] != nil, tls == .none {
            diagnostics.report(
                "conflict", "well-known names are served under TLS only", "write tls: run-ca", at: fields["names"]?.span
            )
        }
        var names: [String: MockSettings.Listener] = [:]
        for entry in fields.entries("names") {
            guard let word = diagnostics.text(entry.value), let listener = listener(word, at: entry.value.span) else {
                continue
            }
            names[entry.name.lowercased()] = listener
        }
        return names
    }

    private func listener(_ word: String, at span: SourceSpan) -> MockSettings.Listener? {
        if let listener = MockSettings.Listener(rawValue: word) { return listener }
        let words = MockSettings.Listener.allCases.map(\.rawValue)
        diagnostics.report(
            "unknown-word", "\"\(word)\" is none of: \(words.joined(separator: ", "))",
            nearestWord(to: word, in: words).map { "did you mean \"\($0)\"?" }, at: span)
        return nil
    }
}

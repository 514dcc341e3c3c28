// SPDX-License-Identifier: Apache-2.0

internal import SourceText
internal import Value

/// Reads what a deployment file says of the ways its connector tells others something: `sms`, `writeback`.
struct ChannelReader {
    let diagnostics: DeploymentDiagnostics

    // MARK: Text messages

    func sms(_ node: YAMLNode?) -> SMSSource {
        guard let node else { return .azure }
        if let text = node.text {
            switch text {
            case "azure": return .azure
            case "graph": return .graph
            case "none": return .none
            default:
                diagnostics.report(
                    "unknown-word", "\"\(text)\" is none of: azure, graph, none",
                    "another gateway is described: {path: …, to: …, text: …, accepted: …}", at: node.span)
                return .azure
            }
        }
        let keys: Set<String> = ["method", "path", "key", "to", "text", "from", "accepted", "refused"]
        guard let fields = DeploymentFields(node, keys: keys, in: diagnostics) else { return .azure }
        let endpoint = endpoint(fields)
        // Where the recipient stands in it, its number is let pass: that is looked for in bodies.
        let places = PlaceReader(diagnostics: diagnostics, kinds: ["json", "field"], path: endpoint?.path)
        let to = fields.required("to").flatMap(places.place)
        let text = fields.required("text").flatMap(places.place)
        guard let endpoint, let to, let text else { return .azure }
        return .sink(
            SMSSink(
                endpoint: endpoint, to: to, text: text, from: fields["from"].flatMap(places.place),
                accepted: answer(fields["accepted"], 202, ["message", "to"]),
                refused: answer(fields["refused"], 400, ["message", "to"])))
    }

    // MARK: Writeback

    private static let channels = ["web-service", "http", "none"]

    func writeback(_ node: YAMLNode?) -> WritebackChannel {
        guard let node else { return .standard }
        if let text = node.text {
            if text == "none" { return .none }
            diagnostics.report(
                "unknown-word", "\"\(text)\" is no channel of writeback",
                "write none, {channel: web-service, values: {connected: 1, disconnected: 2}}, or {channel: http, path: …}",
                at: node.span)
            return .standard
        }
        let channel = node["channel"].flatMap { $0.isNull ? nil : diagnostics.text($0) } ?? "web-service"
        if !Self.channels.contains(channel) {
            diagnostics.report(
                "unknown-word", "\"\(channel)\" is none of: \(Self.channels.joined(separator: ", "))",
                nearestWord(to: channel, in: Self.channels).map { "did you mean \"\($0)\"?" },
                at: node["channel"]?.span)
        }
        if channel == "http" { return mapped(node) }
        guard let fields = DeploymentFields(node, keys: ["channel", "values"], in: diagnostics) else {
            return .standard
        }
        if channel == "none" {
            if let values = fields["values"] {
                diagnostics.report(
                    "conflict", "what nobody sees has no values", "leave one of the two out", at: values.span)
            }
            return .none
        }
        guard let node = fields["values"],
            let values = DeploymentFields(node, keys: ["connected", "disconnected"], in: diagnostics)
        else { return .standard }
        let connected = values.integer("connected") ?? 1
        let disconnected = values.integer("disconnected") ?? 2
        if connected == disconnected {
            diagnostics.report(
                "conflict", "\(connected) stands for both states", "give each a number of its own", at: node.span)
        }
        return .webService(connected: connected, disconnected: disconnected)
    }

    private func mapped(_ node: YAMLNode) -> WritebackChannel {
        let keys: Set<String> = [
            "channel", "method", "path", "key", "appointment", "user", "role", "state", "values", "accepted", "refused",
            "locked",
        ]
        guard let fields = DeploymentFields(node, keys: keys, in: diagnostics) else { return .standard }
        let endpoint = endpoint(fields)
        if let endpoint, endpoint.path.isUnbounded {
            diagnostics.report(
                "conflict", "\"\(endpoint.path.text)\" fits every path of the EHR",
                "write one segment at least as it is", at: fields["path"]?.span)
        }
        let places = PlaceReader(
            diagnostics: diagnostics, kinds: ["json", "field", "query", "path"], path: endpoint?.path)
        let appointment = fields.required("appointment").flatMap(places.place)
        let user = fields.required("user").flatMap(places.place)
        let state = fields.required("state").flatMap(places.place)
        let role = fields["role"].flatMap(places.place)
        let names: Set<String> = ["record", "appointment"]
        let accepted = answer(fields["accepted"], 200, names)
        let refused = answer(fields["refused"], 400, names)
        // A channel that knows no locks is busy in their place.
        let locked = answer(fields["locked"], 503, names)
        status(accepted, in: 200...299, fields["accepted"])
        for (key, answer) in [("refused", refused), ("locked", locked)] { status(answer, in: 400...599, fields[key]) }
        let values = values(fields["values"], hasRole: role != nil)
        guard let endpoint, let appointment, let user, let state else { return .standard }
        return .mapped(
            WritebackMapping(
                endpoint: endpoint, appointment: appointment, user: user, role: role, state: state, values: values,
                accepted: accepted, refused: refused, locked: locked))
    }

    private func values(_ node: YAMLNode?, hasRole: Bool) -> WritebackMapping.Values {
        let states: Set<String> = ["connected", "disconnected"]
        let roles: Set<String> = ["provider", "patient"]
        let fields = node.flatMap {
            DeploymentFields($0, keys: hasRole ? states.union(roles) : states, in: diagnostics)
        }
        func value(_ word: String) -> String { fields?.text(word) ?? word }
        let values = WritebackMapping.Values(
            connected: value("connected"), disconnected: value("disconnected"), provider: value("provider"),
            patient: value("patient"))
        for (first, second, what) in [
            (values.connected, values.disconnected, "states"), (values.provider, values.patient, "roles"),
        ] where first == second {
            diagnostics.report(
                "conflict", "\"\(first)\" stands for both \(what)", "give each a word of its own", at: node?.span)
        }
        return values
    }

    private func status(_ answer: MappedAnswer, in range: ClosedRange<Int>, _ node: YAMLNode?) {
        guard let node, !range.contains(answer.status) else { return }
        diagnostics.report(
            "wrong-type", "the status \(answer.status) would say something else to the connector",
            "write one from \(range.lowerBound) to \(range.upperBound)", at: (node["status"] ?? node).span)
    }

    // MARK: What both have

    private static let methods = ["POST", "PUT", "PATCH", "GET", "DELETE"]

    /// Nil where there is no path.
    private func endpoint(_ fields: DeploymentFields) -> MappedEndpoint? {
        let method = fields.text("method") ?? "POST"
        if !Self.methods.contains(method) {
            diagnostics.report(
                "unknown-word", "\"\(method)\" is none of: \(Self.methods.joined(separator: ", "))",
                nearestWord(to: method.uppercased(), in: Self.methods).map { "did you mean \"\($0)\"?" },
                at: fields["method"]?.span)
        }
        let key = fields["key"].flatMap { node -> MappedEndpoint.Key? in
            guard let fields = DeploymentFields(node, keys: ["header", "value"], in: diagnostics),
                let header = fields.requiredText("header"), let value = fields.requiredTemplate("value", [])
            else { return nil }
            return .init(header: header, value: value)
        }
        guard let text = fields.requiredText("path") else { return nil }
        let path = PathTemplate(text)
        let span = fields["path"]?.span
        if !text.hasPrefix("/") {
            diagnostics.report("wrong-type", "\"\(text)\" is no path", "begin with /", at: span)
        } else if let segment = path.brokenSegment {
            diagnostics.report(
                "wrong-type", "\"\(segment)\" is half a name", "a name is a whole segment: /visits/{visit}", at: span)
        }
        for (number, name) in path.names.enumerated() where path.names[..<number].contains(name) {
            diagnostics.report(
                "conflict", "two segments are called {\(name)}", "give each a name of its own", at: span)
        }
        return MappedEndpoint(method: method, path: path, key: key)
    }

    private func answer(_ node: YAMLNode?, _ status: Int, _ names: Set<String>) -> MappedAnswer {
        guard let node,
            let fields = DeploymentFields(node, keys: ["status", "headers", "json"], in: diagnostics)
        else { return .init(status: status, headers: [], body: nil) }
        return .init(
            status: fields.integer("status") ?? status, headers: fields.fields("headers", names),
            body: fields["json"].map { diagnostics.value($0, names: names) })
    }
}

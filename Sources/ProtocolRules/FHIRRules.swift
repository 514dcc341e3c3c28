// SPDX-License-Identifier: Apache-2.0

internal import Trace
internal import Value

/// FHIR R4 REST as the connector speaks it, and how little it may ask for.
enum FHIRRules {
    static let all = [accept, contentType, ifMatch, patchShape, demographics, typesNeeded, unbounded]

    static let accept = rule(
        "fhir-accept", requirement: nil, mark: .verified, "Accept, where it is sent, admits FHIR JSON or XML."
    ) { exchange, target in
        guard target.type != ".well-known", let accept = exchange.requestHeader("accept")?.lowercased(), !accept.isEmpty
        else { return nil }
        let fits = ["json", "xml", "*/*", "application/*"].contains { accept.contains($0) }
        return fits ? nil : ("asked a FHIR server for something else than FHIR", "Accept: \(accept)")
    }

    static let contentType = rule(
        "fhir-content-type", requirement: nil, mark: .verified,
        "A body sent to FHIR is application/fhir+json, a patch application/json-patch+json."
    ) { exchange, target in
        guard ["POST", "PUT", "PATCH"].contains(exchange.method), !exchange.requestBody.isEmpty, target.isResource
        else {
            return nil
        }
        let type = exchange.requestHeader("content-type")?.lowercased() ?? "none"
        let allowed: [String]
        switch (exchange.method, target.operation) {
        case ("PATCH", _):
            allowed = ["application/json-patch+json", "application/fhir+json", "application/xml-patch+xml"]
        case ("POST", "_search"): allowed = ["application/x-www-form-urlencoded"]
        default:
            allowed = ["application/fhir+json", "application/json+fhir", "application/fhir+xml", "application/json"]
        }
        return allowed.contains { type.hasPrefix($0) }
            ? nil : ("sent FHIR a body of the wrong media type", "\(exchange.method) with Content-Type \(type)")
    }

    static let ifMatch = rule(
        "fhir-if-match", requirement: "WBK-07", mark: .verified,
        "A change of a resource names the version it changes (If-Match), so that no update of others is lost."
    ) { exchange, target in
        guard ["PATCH", "PUT"].contains(exchange.method), target.isResource, target.id != nil else { return nil }
        guard let tag = exchange.requestHeader("if-match"), !tag.isEmpty else {
            return ("changed \(target.type) in the EHR without If-Match", "\(exchange.method), no If-Match")
        }
        return tag == "*" ? ("changed \(target.type) in the EHR whatever its version", "If-Match: *") : nil
    }

    static let patchShape = rule(
        "fhir-patch-form", requirement: "WBK-07", mark: .verified, "A patch is a JSON Patch document (RFC 6902)."
    ) { exchange, target in
        guard exchange.method == "PATCH", target.isResource,
            exchange.requestHeader("content-type")?.lowercased().hasPrefix("application/json-patch+json") ?? false
        else { return nil }
        let operations = try? Value.parseJSON(exchange.requestBody).array
        let words: Set<String> = ["add", "replace", "remove", "test", "move", "copy"]
        let fits = operations?.allSatisfy { item in
            words.contains(item["op"]?.string ?? "") && (item["path"]?.string?.hasPrefix("/") ?? false)
        }
        return fits == true && operations?.isEmpty == false
            ? nil : ("sent a patch that is no JSON Patch document", String(exchange.requestText.prefix(80)))
    }

    static let demographics = rule(
        "fhir-demographic-search", requirement: "PRI-11", mark: .engineering,
        "Nobody is looked up by name, birth date, phone, e-mail or address."
    ) { exchange, target in
        guard ["Patient", "Practitioner", "Person", "RelatedPerson"].contains(target.type), target.id == nil else {
            return nil
        }
        let names = (exchange.url.query.fields + exchange.form.fields).map { field in
            String(field.name.prefix { $0 != ":" })
        }
        let found = names.filter { demographic.contains($0) || $0.hasPrefix("address") }
        return found.isEmpty
            ? nil : ("searched for a person by personal data", "\(target.type)?\(found.joined(separator: "&"))")
    }

    static let typesNeeded = rule(
        "fhir-needed-types", requirement: "PRI-11", mark: .engineering,
        "Only resource types that a visit needs are read, and no whole record at once."
    ) { exchange, target in
        guard target.isResource else { return nil }
        let asked = "\(exchange.method) \(target.type)"
        let message = "asked the EHR for data that a visit does not need"
        guard readTypes.contains(target.type) else { return (message, asked) }
        if target.operation == "$everything" { return (message, asked + "/$everything") }
        let fields = exchange.url.query.fields + exchange.form.fields
        let others = Set(fields.compactMap(reverseIncluded)).subtracting(readTypes)
        return others.min().map { (message, "\(asked), with \($0)") }
    }

    private static let readTypes = SmartAuthorizeRules.neededTypes.union(["OperationOutcome", "Endpoint"])

    /// The type a search brings in by whom it points to: `_revinclude=Observation:patient`.
    private static func reverseIncluded(_ field: FormFields.Field) -> String? {
        guard field.name.prefix(while: { $0 != ":" }) == "_revinclude" else { return nil }
        return String(field.value.prefix { $0 != ":" })
    }

    static let unbounded = rule(
        "fhir-unbounded-search", requirement: "PRI-11", mark: .engineering,
        "A search for appointments, encounters or patients is narrowed by a person, an id or a time."
    ) { exchange, target in
        guard ["Appointment", "Encounter", "Patient"].contains(target.type), target.id == nil,
            exchange.method == "GET" || target.operation == "_search"
        else { return nil }
        let narrowing = (exchange.url.query.fields + exchange.form.fields).filter { field in
            !field.name.hasPrefix("_") || field.name.hasPrefix("_id") || field.name == "_lastUpdated"
        }
        return narrowing.isEmpty ? ("asked the EHR for every \(target.type)", exchange.label) : nil
    }

    private static let demographic: Set<String> = [
        "name", "family", "given", "birthdate", "phone", "email", "telecom", "gender", "phonetic", "death-date",
    ]

    private static func rule(
        _ id: String, requirement: String?, mark: SourceMark, _ statement: String,
        _ verdict: @escaping @Sendable (Exchange, FHIRTarget) -> (message: String, actual: String)?
    ) -> ProtocolRule {
        ProtocolRule(id, .fhir, requirement: requirement, mark: mark, statement) { record in
            var examination = Examination()
            for (exchange, target) in record.fhir {
                let wrong = verdict(exchange, target)
                examination.look(
                    at: exchange, wrong.map { "The connector \($0.message)." }, actual: wrong?.actual ?? "")
            }
            return examination
        }
    }
}

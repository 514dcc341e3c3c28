// SPDX-License-Identifier: Apache-2.0

package import Canary
package import Value
package import World

/// People's values in the EHR's answers of a capture: nobody planted canaries there, so what the EHR said of its patients is
/// what may not turn up elsewhere.
package struct CaptureValues: Sendable {
    package private(set) var canaries = CanarySet()
    /// Alias (`patient-1`) of each patient, with the role the flow policy asks for.
    package private(set) var people: [String: Role] = [:]
    /// Values that were too short to be told from chance.
    package private(set) var tooShort = 0
    /// Data classes by canary id, for data that is not a person's.
    package private(set) var classes: [String: String] = [:]

    /// A value of fewer characters stands in too many places by chance.
    private static let shortest = 4

    private var aliases: [String: String] = [:]
    private var seen: Set<String> = []

    /// - Parameter answers: bodies that an EHR answered with.
    package init(_ answers: some Sequence<Value>) {
        for answer in answers { walk(answer) }
    }

    private mutating func walk(_ value: Value) {
        switch value {
        case .array(let items): for item in items { walk(item) }
        case .object(let members):
            if let type = members["resourceType"]?.string { read(type, value) }
            for member in members { walk(member.value) }
        default: break
        }
    }

    private mutating func read(_ type: String, _ resource: Value) {
        let id = resource["id"]?.string ?? ""
        switch type {
        case "Patient": patient(resource, id)
        case "Practitioner":
            let alias = alias("provider", id)
            people[alias] = .provider
            // Names are in Microsoft's directory too, the EHR user's id is the EHR's alone.
            add(.ehrUserID, id, alias)
        case "Appointment": addVisit("appointment-id", id)
        case "Encounter": addVisit("encounter-id", id)
        default: break
        }
    }

    private mutating func patient(_ resource: Value, _ id: String) {
        let alias = alias("patient", id)
        people[alias] = .patient
        add(.fhirID, id, alias)
        for name in resource["name"]?.array ?? [] {
            add(.familyName, name["family"]?.string, alias)
            for given in name["given"]?.array ?? [] { add(.givenName, given.string, alias) }
        }
        add(.birthDate, resource["birthDate"]?.string, alias)
        for contact in resource["telecom"]?.array ?? [] {
            switch contact["system"]?.string {
            case "phone", "sms": add(.phone, contact["value"]?.string, alias)
            case "fax": add(.fax, contact["value"]?.string, alias)
            case "email": add(.email, contact["value"]?.string, alias)
            default: break
            }
        }
        for address in resource["address"]?.array ?? [] {
            for line in address["line"]?.array ?? [] { add(.street, line.string, alias) }
        }
        for identifier in resource["identifier"]?.array ?? [] {
            let codes = (identifier["type"]?["coding"]?.array ?? []).compactMap { $0["code"]?.string }
            add(codes.contains("SS") ? .socialSecurityNumber : .medicalRecordNumber, identifier["value"]?.string, alias)
        }
    }

    /// The same resource has the same alias wherever it stands.
    private mutating func alias(_ kind: String, _ id: String) -> String {
        let key = "\(kind)/\(id)"
        if !id.isEmpty, let known = aliases[key] { return known }
        let number = aliases.keys.count { $0.hasPrefix(kind) } + 1
        let alias = "\(kind)-\(number)"
        aliases[id.isEmpty ? "\(key)#\(number)" : key] = alias
        return alias
    }

    private mutating func add(_ dataClass: DataClass, _ value: String?, _ alias: String) {
        guard let value, isNew(value, "\(alias) \(dataClass.rawValue)") else { return }
        // A person may have several of a class.
        canaries.insert(
            Canary(
                id: "\(alias).ehr.\(dataClass.rawValue)", person: alias, origin: .ehr, dataClass: dataClass,
                value: value))
    }

    private mutating func addVisit(_ dataClass: String, _ value: String) {
        guard isNew(value, dataClass) else { return }
        let id = "\(canaries.canaries.count).\(dataClass)"
        classes[id] = dataClass
        canaries.insert(Canary(id: id, origin: .ehr, value: value))
    }

    private mutating func isNew(_ value: String, _ place: String) -> Bool {
        guard !value.isEmpty, seen.insert(place + "\u{1F}" + value).inserted else { return false }
        guard value.count >= Self.shortest else {
            tooShort += 1
            return false
        }
        return true
    }
}

// SPDX-License-Identifier: Apache-2.0

import Canary
import Foundation
import Value
import World

/// The values `assay scan` looks for: `{"canaries": {"ID": "VALUE"}}`, or the trace of a run.
enum CanaryFile {
    /// Throws `Mistaken` where the file is neither.
    static func read(_ path: String) throws -> CanarySet {
        var url = URL(fileURLWithPath: path)
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            url = url.appending(path: "trace.ndjson")
        }
        let data: Data
        do { data = try Data(contentsOf: url) } catch {
            throw Mistaken("The canary file \(path) cannot be read.\n  = Name a file that exists and may be read.")
        }
        let set: CanarySet
        do throws(JSONError) {
            set = try canaries(of: Value.parseJSON(data), path)
        } catch {
            guard let run = ofRun(data) else {
                throw Mistaken(
                    "\(path): \(error)\n  = Write {\"canaries\": {\"ID\": \"VALUE\"}}, or name the trace.ndjson of a run."
                )
            }
            set = run
        }
        guard !set.canaries.isEmpty else {
            throw Mistaken(
                "\(path) holds no canary: nothing could be found.\n  = Write at least one value under \"canaries\".")
        }
        return set
    }

    private static func canaries(of value: Value, _ path: String) throws(JSONError) -> CanarySet {
        var set = CanarySet()
        for (id, entry) in value["canaries"]?.members ?? Members() {
            // The long form says the class; else id and shape tell it.
            let text = entry.string ?? entry["value"]?.string ?? ""
            guard !text.isEmpty else { continue }
            let stated = entry["class"]?.string.flatMap(DataClass.init(rawValue:))
            let dataClass = stated ?? CanaryClass.guess(id: id, value: text)
            let origin = entry["origin"]?.string.flatMap(DataOrigin.init(rawValue:))
            set.insert(
                Canary(id: id, person: entry["person"]?.string, origin: origin, dataClass: dataClass, value: text))
        }
        return set
    }

    /// The people of every `world.opened` of a trace; nil where it is none.
    private static func ofRun(_ data: Data) -> CanarySet? {
        var set = CanarySet()
        var isTrace = false
        for bytes in data.split(separator: UInt8(ascii: "\n")) {
            guard let line = try? Value.parseJSON(bytes) else { continue }
            if line["type"] == "header" { isTrace = true }
            guard line["kind"] == "world.opened", let world = line["world"]?.string,
                let model = line["fields"]?["model"]?.members
            else { continue }
            for (owner, fields) in model {
                guard fields["role"] != nil else { continue }
                for dataClass in DataClass.allCases {
                    guard let text = fields[dataClass.rawValue]?.string, !text.isEmpty else { continue }
                    let isDirectory = [.directoryID, .principalName, .displayName].contains(dataClass)
                    let origin: DataOrigin = isDirectory ? .directory : .ehr
                    set.insert(
                        Canary(
                            id: "\(owner).\(origin.rawValue).\(dataClass.rawValue)", world: WorldID(rawValue: world),
                            person: owner, origin: origin, dataClass: dataClass, value: text))
                }
            }
        }
        return isTrace ? set : nil
    }
}

/// The class of a canary of which only id and value are known: it decides which formats are searched for.
enum CanaryClass {
    /// Nil where neither tells: then the value is searched as text, in every encoding.
    static func guess(id: String, value: String) -> DataClass? {
        if let shaped = byShape(value) { return shaped == .phone && named(id) == .fax ? .fax : shaped }
        guard let named = named(id) else { return nil }
        // A word of the id counts only if the value can be of that class.
        let digits = value.filter { $0.isASCII && $0.isNumber }.count
        switch named {
        case .phone, .fax: return digits >= 7 && digits <= 15 ? named : nil
        case .birthDate, .email, .ipAddress, .url: return nil
        case .postalCode: return digits >= 4 && value.count <= 12 ? named : nil
        default: return named
        }
    }

    private static func byShape(_ value: String) -> DataClass? {
        if value.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) != nil { return .birthDate }
        if value.wholeMatch(of: /[^@\s]+@[^@\s]+\.[^@\s]+/) != nil { return .email }
        if value.wholeMatch(of: /[0-9]{3}-[0-9]{2}-[0-9]{4}/) != nil { return .socialSecurityNumber }
        if value.wholeMatch(of: /\+[0-9][0-9 ().-]{6,18}/) != nil { return .phone }
        if value.wholeMatch(of: /\(?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}/) != nil { return .phone }
        if value.wholeMatch(of: /[0-9]{1,3}(\.[0-9]{1,3}){3}/) != nil { return .ipAddress }
        if value.wholeMatch(of: /https?:\/\/\S+/) != nil { return .url }
        return nil
    }

    private static let words: [(DataClass, Set<String>)] = [
        (.fax, ["fax"]), (.phone, ["phone", "tel", "telephone", "mobile", "cell", "sms"]),
        (.email, ["email", "mail"]), (.birthDate, ["dob", "birth", "birthdate", "birthday", "born"]),
        (.socialSecurityNumber, ["ssn", "social"]), (.medicalRecordNumber, ["mrn", "record", "chart"]),
        (.relativeName, ["relative", "kin", "mother", "father", "spouse", "contact"]),
        (.familyName, ["family", "surname", "last", "lastname"]), (.givenName, ["given", "first", "firstname"]),
        (.displayName, ["name", "fullname", "display"]), (.street, ["street", "address", "addr", "line"]),
        (.city, ["city", "town"]), (.postalCode, ["zip", "postal", "postcode"]),
        (.healthPlanNumber, ["insurance", "plan", "member", "beneficiary", "policy"]),
        (.accountNumber, ["account", "acct"]),
        (.licenceNumber, ["licence", "license", "certificate"]), (.vehicleIdentifier, ["vehicle", "plate", "vin"]),
        (.deviceIdentifier, ["device", "serial"]), (.ipAddress, ["ip"]), (.url, ["url", "uri", "link"]),
        (.clinicalText, ["note", "notes", "clinical", "reason", "complaint", "diagnosis", "text", "comment"]),
        (.password, ["password"]),
    ]

    private static func named(_ id: String) -> DataClass? {
        var spaced = ""
        for character in id {
            if character.isUppercase, spaced.last?.isLowercase == true { spaced.append(" ") }
            spaced += character.isLetter ? character.lowercased() : " "
        }
        let parts = Set(spaced.split(separator: " ").map(String.init))
        return words.first { !$0.1.isDisjoint(with: parts) }?.0
    }
}

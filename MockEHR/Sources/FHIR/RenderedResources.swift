// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
import World

/// A resource as reads show it, written once for each of its states.
struct RenderedResource {
    let resource: Members
    let body: Data
    let record: RecordedBody
    /// `ETag` and `Last-Modified`.
    let headers: [(name: String, value: String)]
    /// Of `fhir.read`, but for the context.
    let facts: Members
}

/// What was rendered since the record last changed.
struct RenderedResources {
    private var changes = 0
    private var resources: [String: RenderedResource] = [:]

    /// The resource by that key, made anew where the record has changed.
    mutating func resource(
        _ key: String, changes: Int, _ make: () -> RenderedResource?
    ) -> RenderedResource? {
        if self.changes != changes {
            self.changes = changes
            resources = [:]
        }
        if let resource = resources[key] { return resource }
        let made = make()
        resources[key] = made
        return made
    }
}

extension EHRBase {
    /// The present state of a resource, as a read shows it.
    func shown(_ type: String, _ id: String) -> RenderedResource? {
        rendered.resource("\(type)/\(id)", changes: world.changes) { rendering(type, id, version: nil) }
    }

    /// Writes one state of a resource (`version` nil: the present one).
    func rendering(_ type: String, _ id: String, version: String?) -> RenderedResource? {
        guard let resource = resource(type, id, version: version) else { return nil }
        let body = Data(Value.object(resource).jsonBytes())
        var facts: Members = ["type": .string(type), "id": .string(id)]
        if let alias = appointmentAlias(type, id) { facts["appointment"] = .string(alias) }
        if type == "Patient" || type == "Practitioner",
            let person = model.people.first(where: { $0.ehr[.fhirID] == id })
        {
            facts["person"] = .string(person.alias)
        }
        return RenderedResource(
            resource: resource, body: body, record: RecordedBody(body), headers: versionHeaders(of: resource),
            facts: facts)
    }
}

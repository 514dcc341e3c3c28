// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
import World

/// Issues that a fault has the server state by number (facts 5.4.4).
extension EHRBase {
    /// The refusal a fault asks for; nil where there is none. Discovery goes on.
    func troubled(_ request: MockRequest, _ rest: [String]) -> MockResponse? {
        guard let code = request.trouble.issue, let issue = profile.fhir.issues[code], issue.refuses,
            rest != ["metadata"], rest.first != ".well-known"
        else { return nil }
        return .json(
            .object(outcome(severity: issue.severity, issue: issue.type, code: String(code), text: issue.text)),
            status: issue.status, type: "application/fhir+json", headers: standingHeaders, world: model.id, party: .ehr,
            events: [event("fhir.refused", ["status": Value(issue.status), "reason": .string(issue.text)])])
    }

    /// Puts a warning or information into a Bundle, as its last entry (facts 5.4.4: `search.mode` outcome).
    func add(issue code: Int, to response: inout MockResponse) {
        guard let issue = profile.fhir.issues[code], !issue.refuses, response.status == 200,
            var bundle = (try? Value.parseJSON(Array(response.body)))?.members,
            bundle["type"] == "searchset"
        else { return }
        let outcome = outcome(severity: issue.severity, issue: issue.type, code: String(code), text: issue.text)
        let entry: Value = [
            "fullUrl": .string("urn:uuid:" + uuid()), "resource": .object(outcome), "search": ["mode": "outcome"],
        ]
        bundle["entry"] = .array((bundle["entry"]?.array ?? []) + [entry])
        response.body = Data(Value.object(bundle).jsonBytes())
    }
}

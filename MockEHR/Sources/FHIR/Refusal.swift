// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import MockKit
import Trace
import Value
import World

extension EHRBase {
    /// Answers a problem in the vendor's words, and says so in the trace (`events` instead of `fhir.refused`).
    func refuse(_ problem: Problem, events: ((Int) -> [EventDraft])? = nil) -> MockResponse {
        let form = profile.fhir.problems[problem.kind] ?? ProblemForm(500, issue: "exception")
        var headers = standingHeaders
        switch problem.kind {
        case .noToken: headers.append(("WWW-Authenticate", "Bearer realm=\"\(base.url)\""))
        case .badToken:
            headers.append(
                ("WWW-Authenticate", "Bearer realm=\"\(base.url)\", error=\"invalid_token\""))
        default: break
        }
        let events =
            events?(form.status) ?? [
                event("fhir.refused", ["status": Value(form.status), "reason": .string(problem.text)])
            ]
        switch form.body {
        case .empty:
            return .empty(status: form.status, headers: headers, world: model.id, party: .ehr, events: events)
        case .plainText:
            return .text(
                problem.text, status: form.status, headers: headers, world: model.id, party: .ehr, events: events)
        case .operationOutcome:
            return .json(
                .object(
                    problem.issues.isEmpty
                        ? outcome(
                            severity: form.severity, issue: form.issue, code: form.code, text: problem.text,
                            location: problem.location)
                        : outcome(of: problem.issues)),
                status: form.status, type: "application/fhir+json", headers: headers, world: model.id, party: .ehr,
                events: events)
        }
    }

    /// An OperationOutcome with one issue; codes per facts 5.4.4.
    func outcome(severity: String, issue: String, code: String?, text: String, location: String? = nil) -> Members {
        var details: Members = ["text": .string(text)]
        if let code, let system = profile.fhir.outcomeSystem {
            details["coding"] = [["system": .string(system), "code": .string(code), "display": .string(text)]]
        }
        var issue: Members = [
            "severity": .string(severity), "code": .string(issue), "details": .object(details),
            "diagnostics": .string(text),
        ]
        if let location { issue["location"] = [.string(location)] }
        return ["resourceType": "OperationOutcome", "issue": [.object(issue)]]
    }

    /// What validation found, each issue with its place, in the vendor's codes.
    private func outcome(of issues: [ValidationIssue]) -> Members {
        let listed = issues.prefix(50).map { issue -> Value in
            var members = issue.outcomeIssue.members ?? [:]
            if let code = profile.fhir.validationCodes[issue.code.rawValue], let system = profile.fhir.outcomeSystem {
                members["details"] = [
                    "coding": [["system": .string(system), "code": .string(code)]], "text": .string(issue.message),
                ]
            }
            return .object(members)
        }
        return ["resourceType": "OperationOutcome", "issue": .array(listed)]
    }
}

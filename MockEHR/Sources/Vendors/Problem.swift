// SPDX-License-Identifier: Apache-2.0

import FHIRModel

/// Why a FHIR request is refused, in no vendor's words.
struct Problem: Error, Sendable {
    enum Kind: Sendable, Hashable {
        case noToken, badToken, scope, unknownTenant, unknownType, notFound, notAllowed
        case parameterMissing, parameterCombination, parameterInvalid
        /// A search that says nothing at all.
        case noParameters
        /// The record lacks what the answer has to have.
        case incomplete
        case mediaType, notAcceptable, noVersion, oldVersion, conflict, locked, dependency, invalidContent, businessRule
        /// A body that is no valid R4: the problem lists the issues.
        case invalidResource
        /// `modifierExtension`, `implicitRules` and the like, where the vendor takes none.
        case `extension`, unsupported
        /// A search that finds more than the vendor hands out; a page that is not kept any more.
        case tooMany, pageGone
    }

    let kind: Kind
    /// One sentence, also the event's `reason`.
    let text: String
    /// What validation found.
    let issues: [ValidationIssue]
    /// The element it is about, as OperationOutcome's `location` names it; nil: none.
    let location: String?

    init(_ kind: Kind, _ text: String, issues: [ValidationIssue] = [], location: String? = nil) {
        self.kind = kind
        self.text = text
        self.issues = issues
        self.location = location
    }
}

/// How a vendor answers a kind of problem.
struct ProblemForm: Sendable {
    enum Body: Sendable { case operationOutcome, plainText, empty }

    let status: Int
    let body: Body
    let severity: String
    /// FHIR issue type.
    let issue: String
    /// The vendor's own code.
    let code: String?

    init(
        _ status: Int, _ body: Body = .operationOutcome, severity: String = "error", issue: String = "processing",
        code: String? = nil
    ) {
        self.status = status
        self.body = body
        self.severity = severity
        self.issue = issue
        self.code = code
    }
}

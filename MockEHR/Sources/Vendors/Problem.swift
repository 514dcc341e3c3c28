// SPDX-License-Identifier: Apache-2.0

/// Why a FHIR request is refused, in no vendor's words.
struct Problem: Error, Sendable {
    enum Kind: Sendable, Hashable {
        case noToken, badToken, scope, unknownTenant, unknownType, notFound, notAllowed
        case parameterMissing, parameterCombination, parameterInvalid
        case mediaType, notAcceptable, noVersion, oldVersion, conflict, locked, dependency, invalidContent, businessRule
    }

    let kind: Kind
    /// One sentence, also the event's `reason`.
    let text: String

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}

/// How a vendor answers a kind of problem.
struct ProblemForm: Sendable {
    enum Body: Sendable { case operationOutcome, plainText, empty }

    let status: Int
    let body: Body
    /// FHIR issue type.
    let issue: String
    /// The vendor's own code.
    let code: String?

    init(_ status: Int, _ body: Body = .operationOutcome, issue: String = "processing", code: String? = nil) {
        self.status = status
        self.body = body
        self.issue = issue
        self.code = code
    }
}

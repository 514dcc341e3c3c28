// SPDX-License-Identifier: Apache-2.0

/// Something that a vendor's FHIR server says by number.
struct NumberedIssue: Sendable {
    /// FHIR's: `fatal` and `error` refuse the request, the others come beside what was asked for.
    let severity: String
    /// FHIR issue type.
    let type: String
    /// HTTP status of a refusal.
    let status: Int
    let text: String

    var refuses: Bool { severity == "fatal" || severity == "error" }

    private static func fatal(_ type: String, _ text: String, _ status: Int = 400) -> NumberedIssue {
        NumberedIssue(severity: "fatal", type: type, status: status, text: text)
    }

    private static func beside(_ severity: String, _ type: String, _ text: String) -> NumberedIssue {
        NumberedIssue(severity: severity, type: type, status: 200, text: text)
    }

    /// Facts 5.4.4: codes and meanings are published, and that 4118 goes with 403 and 4122 with 200; the other severities, types
    /// and statuses are not [unv].
    static let epic: [Int: NumberedIssue] = [
        4100: fatal("value", "A parameter is invalid."),
        4101: beside("warning", "not-found", "Resource request returns no results."),
        4102: fatal("not-found", "The read resource request contained an invalid ID.", 404),
        4103: fatal("deleted", "The resource has been deleted.", 410),
        4104: fatal("required", "A required element is not available.", 500),
        4107: fatal("conflict", "The read resource has been merged; see the redirect.", 404),
        4110: fatal("required", "No parameters are provided in the search request."),
        4111: fatal("required", "A required parameter is missing."),
        4112: fatal("processing", "This combination of parameters is not supported."),
        4113: fatal("expired", "The search session has expired."),
        4115: fatal("value", "A required parameter has an invalid value."),
        4118: fatal("forbidden", "The authenticated user is not authorized for this request.", 403),
        4119: beside("information", "suppressed", "More data may exist than is shown here."),
        4122: beside("warning", "not-supported", "An unknown parameter was given."),
        4127: fatal("too-costly", "The search finds too many results."),
        4130: fatal("security", "Break-the-glass security prevents access.", 403),
        4131: fatal("security", "The record is restricted: the glass has to be broken first.", 403),
        4134: beside("information", "security", "The glass has to be broken to see more."),
        4135: fatal("throttled", "The daily limit of documents is reached; try again tomorrow.", 403),
        40000: fatal("processing", "A value could not be mapped.", 500),
        59100: beside("information", "informational", "Part of the content is invalid."),
        59101: beside("warning", "invalid", "Part of the content is invalid."),
        59102: fatal("invalid", "The content is invalid."),
        59105: fatal("structure", "The structure of the content cannot be read."),
        59108: fatal("required", "A required element is missing."),
        59109: beside("warning", "value", "The value of an optional element is invalid."),
        59111: fatal("value", "The value of a required element is invalid."),
        59133: fatal("processing", "The request could not be processed."),
        59134: beside("warning", "processing", "Part of the request could not be processed."),
        59141: fatal("duplicate", "The create request matches a record that is there already.", 409),
        59144: fatal("not-found", "A referenced resource was not found."),
        59159: fatal("business-rule", "A business rule forbids this.", 422),
        59177: fatal("exception", "An unexpected internal error has occurred.", 500),
        59187: fatal("processing", "The flowsheet row cannot be written."),
        59188: fatal("value", "The flowsheet value is invalid."),
        59189: fatal("conflict", "The flowsheet is not available to this patient."),
        // [sec]
        59204: beside("warning", "suppressed", "The client is not authorized for a part of the resources."),
    ]
}

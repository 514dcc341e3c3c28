// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// An error of Entra ID: AADSTS code, OAuth word, status (wire-protocols 4.3 and 4.4).
struct EntraError {
    let code: Int
    let error: String
    let status: Int
    let text: String

    init(_ code: Int, _ error: String, status: Int = 400, _ text: String) {
        self.code = code
        self.error = error
        self.status = status
        self.text = text
    }

    static func missing(_ name: String) -> EntraError {
        EntraError(90014, "invalid_request", "The required field '\(name)' is missing from the credential.")
    }
    static func unknownApplication(_ client: String) -> EntraError {
        EntraError(
            700016, "unauthorized_client", "Application with identifier '\(client)' was not found in the directory.")
    }
    static let redirectURI = EntraError(
        50011, "invalid_request",
        "The redirect URI specified in the request does not match the redirect URIs configured for the application.")
    static let malformed = EntraError(
        9002313, "invalid_request", "Invalid request. Request is malformed or invalid.")
    static let noSecret = EntraError(
        7000218, "invalid_client", status: 401,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
    static let wrongSecret = EntraError(
        7000215, "invalid_client", status: 401, "Invalid client secret provided.")
    static let badAssertion = EntraError(
        700027, "invalid_client", status: 401,
        "The certificate with identifier used to sign the client assertion is not registered.")
    static let expiredGrant = EntraError(
        70008, "invalid_grant", "The provided authorization code or refresh token has expired due to inactivity.")
    static let redeemedCode = EntraError(
        54005, "invalid_grant", "OAuth2 Authorization code was already redeemed, please retry with a new valid code.")
    static let unknownGrant = EntraError(
        70000, "invalid_grant", "Provided grant is invalid or malformed.")
    static let otherTenant = EntraError(
        700005, "invalid_grant", "Provided Authorization Code is intended to use against other tenant, thus rejected.")
    static let noVerifier = EntraError(
        50148, "invalid_grant",
        "The code_verifier does not match the code_challenge supplied in the authorization request.")
    static let wrongVerifier = EntraError(
        501481, "invalid_grant",
        "The Code_Verifier does not match the code_challenge supplied in the authorization request.")
    static let unsupportedGrant = EntraError(
        70003, "unsupported_grant_type", "The app requested an unsupported grant type.")
    static func scope(_ scope: String) -> EntraError {
        EntraError(
            70011, "invalid_scope", "The provided value for the input parameter 'scope' is not valid: '\(scope)'.")
    }
    static func consent(_ client: String) -> EntraError {
        EntraError(
            65001, "consent_required",
            "The user or administrator has not consented to use the application with ID '\(client)'.")
    }
    static let noSession = EntraError(
        50058, "login_required", "A silent sign-in request was sent but no user is signed in.")
    static let unknownUser = EntraError(
        50034, "invalid_grant", "The user account does not exist in the directory.")
    static let wrongPassword = EntraError(
        50126, "invalid_grant", "Error validating credentials due to invalid username or password.")
    static let foreignUser = EntraError(
        50020, "invalid_grant", "User account from another identity provider does not exist in this tenant.")
    static let noTenant = EntraError(
        50059, "invalid_request",
        "No tenant-identifying information found in either the request or implied by any provided credentials.")
    static func malformedTenant(_ tenant: String) -> EntraError {
        EntraError(
            900023, "invalid_request",
            "Specified tenant identifier '\(tenant)' is neither a valid DNS name, nor a valid external domain.")
    }
    static func unknownTenant(_ tenant: String) -> EntraError {
        EntraError(90002, "invalid_request", "Tenant '\(tenant)' not found.")
    }
    static let method = EntraError(
        900561, "invalid_request", status: 405, "The endpoint only accepts POST requests.")

    func description(trace: String) -> String {
        "AADSTS\(code): \(text) Trace ID: \(trace) Correlation ID: \(trace) Timestamp: \(Self.timestamp)"
    }

    /// The JSON body of the token endpoint.
    func response(trace: String, world: WorldID?) -> MockResponse {
        .json(
            [
                "error": .string(error),
                "error_description": .string(
                    "AADSTS\(code): \(text)\r\nTrace ID: \(trace)\r\nCorrelation ID: \(trace)\r\nTimestamp: \(Self.timestamp)"
                ),
                "error_codes": [Value(code)], "timestamp": .string(Self.timestamp), "trace_id": .string(trace),
                "correlation_id": .string(trace),
            ], status: status, headers: [("Cache-Control", "no-store"), ("Pragma", "no-cache")], world: world,
            party: .entra)
    }

    /// The page for errors that must not go to a redirect URI.
    func page(trace: String, world: WorldID?) -> MockResponse {
        .html(
            HTMLPage(
                title: "Sorry, but we're having trouble signing you in.",
                body: [
                    .element(
                        "p", ["role": "alert", "id": "assay-error", "data-code": "AADSTS\(code)"],
                        [
                            HTML(description(trace: trace))
                        ])
                ]), status: status, world: world, party: .entra)
    }

    private static var timestamp: String {
        Instant.wall.wholeSecond.description.replacing("T", with: " ")
    }
}

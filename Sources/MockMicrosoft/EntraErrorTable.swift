// SPDX-License-Identifier: Apache-2.0

/// The AADSTS codes the mock speaks. Those of wire-protocols 4.4 (source: Microsoft's error code reference) stand in
/// `scripted`, so that a scenario can call up each of them; the others say their source.
extension EntraError {
    // MARK: Requests

    static func missing(_ name: String) -> EntraError {
        EntraError(90014, "invalid_request", "The required field '\(name)' is missing from the credential.")
    }
    static let malformed = EntraError(9002313, "invalid_request", "Invalid request. Request is malformed or invalid.")
    static let redirectURI = EntraError(
        50011, "invalid_request",
        "The redirect URI specified in the request does not match the redirect URIs configured for the application.")
    static let method = EntraError(900561, "invalid_request", status: 405, "The endpoint only accepts POST requests.")
    static func scope(_ scope: String) -> EntraError {
        EntraError(
            70011, "invalid_scope", "The provided value for the input parameter 'scope' is not valid: '\(scope)'.")
    }
    /// [sec] widely reported; names the resource of a scope that the tenant does not know.
    static func unknownResource(_ resource: String) -> EntraError {
        EntraError(
            500011, "invalid_resource",
            "The resource principal named \(resource) was not found in the tenant. "
                + "This can happen if the application has not been installed by the administrator of the tenant.")
    }
    /// Microsoft's reference: one request asks for one resource.
    static let manyResources = EntraError(
        28000, "invalid_scope",
        "Provided value for the input parameter scope is not valid because it contains more than one resource.")
    static let unsupportedGrant = EntraError(
        70003, "unsupported_grant_type", "The app requested an unsupported grant type.")

    // MARK: Tenants and applications

    static func unknownApplication(_ client: String) -> EntraError {
        EntraError(
            700016, "unauthorized_client", "Application with identifier '\(client)' was not found in the directory.")
    }
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

    // MARK: Client credentials

    static let noSecret = EntraError(
        7000218, "invalid_client", status: 401,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
    static let wrongSecret = EntraError(7000215, "invalid_client", status: 401, "Invalid client secret provided.")
    static let expiredSecret = EntraError(
        7000222, "invalid_client", status: 401, "The provided client secret keys are expired.")
    static let badAssertion = EntraError(
        50012, "invalid_client", status: 401, "The client assertion is no signed JSON Web Token.")
    static let unknownCertificate = EntraError(
        700027, "invalid_client", status: 401,
        "The certificate with identifier used to sign the client assertion is not registered on application. "
            + "[Reason - The key was not found.]")
    static let wrongSignature = EntraError(
        700027, "invalid_client", status: 401,
        "Client assertion failed signature validation. "
            + "[Reason - Key was found, but use of the key to verify the signature failed.]")
    static let expiredCertificate = EntraError(
        700027, "invalid_client", status: 401,
        "Client assertion failed signature validation. [Reason - The key used is expired.]")
    static let assertionTime = EntraError(
        700024, "invalid_client", status: 401, "Client assertion is not within its valid time range.")
    /// [sec] AzureAD/microsoft-authentication-library-for-dotnet#2746.
    static let assertionAudience = EntraError(
        700023, "invalid_client", status: 401, "Client assertion audience claim does not match Realm issuer.")
    /// [sec] the same family: issuer and subject must be the client.
    static let assertionClient = EntraError(
        700021, "invalid_client", status: 401,
        "Client assertion application identifier doesn't match 'client_id' parameter.")
    /// Not Entra's own behaviour: a scenario made the mock stricter ([eng], its number is of the facts).
    static let replayedAssertion = EntraError(
        50012, "invalid_client", status: 401, "The client assertion was used before (jti).")

    // MARK: Grants

    static let expiredGrant = EntraError(
        70008, "invalid_grant", "The provided authorization code or refresh token has expired due to inactivity.")
    /// Microsoft's reference.
    static let redeemedCode = EntraError(
        54005, "invalid_grant", "OAuth2 Authorization code was already redeemed, please retry with a new valid code.")
    static let unknownGrant = EntraError(70000, "invalid_grant", "Provided grant is invalid or malformed.")
    static let otherTenant = EntraError(
        700005, "invalid_grant", "Provided Authorization Code is intended to use against other tenant, thus rejected.")
    static let noVerifier = EntraError(
        50148, "invalid_grant",
        "The code_verifier does not match the code_challenge supplied in the authorization request.")
    static let wrongVerifier = EntraError(
        501481, "invalid_grant",
        "The Code_Verifier does not match the code_challenge supplied in the authorization request.")
    static let userAssertion = EntraError(50013, "invalid_grant", "Assertion failed signature validation.")
    /// [sec] OfficeDev/microsoft-teams-apps-company-communicator#214.
    static func userAssertionAudience(_ audience: String, _ client: String) -> EntraError {
        EntraError(
            500131, "invalid_grant",
            "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion "
                + "was '\(audience)' and the expected audience is '\(client)'.")
    }
    /// [sec] the same family.
    static let userAssertionExpired = EntraError(
        500133, "invalid_grant", "Assertion is not within its valid time range.")
    /// [sec] an application's own token has no user on whose behalf one could act.
    static let applicationAssertion = EntraError(
        7000114, "invalid_grant", "Application is not allowed to make application on-behalf-of calls.")

    // MARK: People

    static func consent(_ client: String) -> EntraError {
        EntraError(
            65001, "consent_required", suberror: "consent_required",
            "The user or administrator has not consented to use the application with ID '\(client)'.")
    }
    static let declined = EntraError(65004, "access_denied", "User declined to consent to access the app.")
    static let adminConsent = EntraError(90094, "access_denied", "The grant requires admin permissions.")
    static let noSession = EntraError(
        50058, "login_required", "A silent sign-in request was sent but no user is signed in.")
    static let unknownUser = EntraError(50034, "invalid_grant", "The user account does not exist in the directory.")
    static let wrongPassword = EntraError(
        50126, "invalid_grant", "Error validating credentials due to invalid username or password.")
    static let foreignUser = EntraError(
        50020, "invalid_grant", "User account from another identity provider does not exist in this tenant.")

    /// Every code of wire-protocols 4.4, for scenarios and programs that make sign-ins or token requests fail.
    static let scripted: [Int: EntraError] = {
        let errors: [EntraError] = [
            redirectURI, badAssertion, unknownCertificate, assertionTime, userAssertion, foreignUser, unknownUser,
            EntraError(
                50053, "invalid_grant",
                "The account is locked, you've tried to sign in too many times with an incorrect user ID or password."),
            EntraError(50057, "invalid_grant", "The user account is disabled."), wrongPassword, noSession, noTenant,
            unknownTenant("unknown"), malformedTenant("unknown"),
            EntraError(
                50072, "interaction_required", suberror: "basic_action",
                "You must enroll in multi-factor authentication to access the resource."),
            EntraError(
                50074, "interaction_required", suberror: "basic_action",
                "Strong Authentication is required."),
            EntraError(
                50076, "interaction_required", suberror: "basic_action",
                "You must use multi-factor authentication to access the resource."),
            EntraError(
                50079, "interaction_required", suberror: "basic_action",
                "You must enroll in multi-factor authentication to access the resource."),
            EntraError(50105, "invalid_grant", "The signed in user is not assigned to a role for the application."),
            EntraError(
                50196, "invalid_grant",
                "The server terminated an operation because it encountered a client request loop."),
            EntraError(
                53003, "interaction_required", suberror: "message_only",
                "Access has been blocked by Conditional Access policies."),
            EntraError(
                54000, "invalid_grant",
                "The user is not allowed to access the application due to Legal Age Group Requirement."),
            consent("unknown"), declined, unknownGrant, expiredGrant,
            EntraError(
                700084, "invalid_grant",
                "The refresh token was issued to a single page app, and therefore has a fixed, limited lifetime."),
            EntraError(70001, "unauthorized_client", "The application is disabled or does not exist in the directory."),
            unknownApplication("unknown"), scope("unknown"), otherTenant,
            EntraError(7000112, "unauthorized_client", "The application is disabled."), wrongSecret, expiredSecret,
            noSecret, missing("unknown"),
            EntraError(
                90055, "temporarily_unavailable", status: 429,
                "The request was throttled due to too many requests from the tenant or application."),
            adminConsent, malformed,
        ]
        return Dictionary(uniqueKeysWithValues: errors.map { ($0.code, $0) })
    }()

    /// Whether the error is a matter between the person and the sign-in page, of which the application never hears.
    var staysOnThePage: Bool { [50020, 50034, 50053, 50057, 50105, 50126, 54000].contains(code) }

    /// The error as a token endpoint gives it: what a person would have to do there is the grant's end here.
    var ofTheGrant: EntraError {
        error == "interaction_required" || error == "consent_required" || error == "login_required"
            ? EntraError(code, "invalid_grant", status: 400, suberror: suberror, text) : self
    }
}

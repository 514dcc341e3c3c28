// SPDX-License-Identifier: Apache-2.0

import Value
import World

extension VendorProfile {
    /// Oracle Health Millennium, as cerner/fhir.cerner.com documented it in May 2024.
    static let cerner = VendorProfile(
        routes: RouteTemplate.own([.powerchart]) + [
            RouteTemplate("/r4/{tenant}/**", .fhir), RouteTemplate("/myrecord/r4/{tenant}/**", .patientFHIR),
            RouteTemplate("/open/r4/{tenant}/**", .openFHIR),
            RouteTemplate(
                "/tenants/{tenant}/protocols/oauth2/profiles/smart-v1/personas/provider/authorize",
                .authorize(.provider)),
            RouteTemplate(
                "/tenants/{tenant}/protocols/oauth2/profiles/smart-v1/personas/patient/authorize", .authorize(.patient)),
            RouteTemplate("/tenants/{tenant}/protocols/oauth2/profiles/smart-v1/token", .token),
            RouteTemplate("/tenants/{tenant}/protocols/oauth2/profiles/smart-v1/token/revoke", .revocation),
            // The vendor's host has these two at its root; here the tenant says which world is meant.
            RouteTemplate("/tenants/{tenant}/tokeninfo", .introspection),
            RouteTemplate("/tenants/{tenant}/personas/provider/my-authorizations", .authorizations),
            RouteTemplate("/tenants/{tenant}/jwk", .jwks),
            RouteTemplate("/tenants/{tenant}/oidc/idsps/{tenant}/.well-known/openid-configuration", .openID),
        ],
        entries: [.powerchart],
        smart: SMARTRules(
            authorizePath: "/tenants/{tenant}/protocols/oauth2/profiles/smart-v1/personas/provider/authorize",
            tokenPath: "/tenants/{tenant}/protocols/oauth2/profiles/smart-v1/token",
            jwksPath: "/tenants/{tenant}/jwk", issuerPath: "/tenants/{tenant}/oidc/idsps/{tenant}/",
            // Facts 5.3.1.
            revocationPath: "/tenants/{tenant}/protocols/oauth2/profiles/smart-v1/token/revoke",
            introspectionPath: "/tenants/{tenant}/tokeninfo",
            managementPath: "/tenants/{tenant}/personas/provider/my-authorizations",
            // Facts 5.3.1: the captured smart-configuration.
            clientAuthentication: [.basic, .privateKeyJWT], grants: ["authorization_code", "client_credentials"],
            capabilities: [
                "authorize-post", "launch-ehr", "launch-standalone", "client-public", "client-confidential-symmetric",
                "sso-openid-connect", "context-banner", "context-style", "context-ehr-patient", "context-ehr-encounter",
                "permission-patient", "permission-user", "permission-offline", "permission-online", "permission-v1",
                "health-cards",
            ],
            challengeMethods: [],
            scopesSupported: ["openid", "fhirUser", "profile", "launch", "online_access", "offline_access"],
            // Facts 5.3.2: advertised 570 s is 30 s less than the real life.
            advertisedLife: 570, realLife: 600, jwtAccessTokens: true, wildcardScopes: false,
            // Facts 5.3.2: too many scopes are an error, since a header of 4 to 8 KB has to hold the token; the number [eng].
            longestScope: 2048,
            // Facts 5.2 F7: accepting the slash is what the vendor is not known to do.
            // Facts 5.3.2: strict, but extra query parameters are allowed.
            lenientAudienceSlash: false, lenientRedirectQuery: true,
            // Facts 5.3.2.
            refreshInterval: 60,
            refreshScopes: ["online_access", "offline_access"], errorURI: true,
            namesTenant: true, namesResource: true, registrationDelay: .seconds(900)),
        fhir: FHIRRules(
            softwareName: "Cerner Millennium", publisher: "Cerner", types: cernerTypes, defaultCount: 20,
            // Facts 5.3.3.
            problems: [
                .noToken: .init(401, issue: "login"), .badToken: .init(401, issue: "login"),
                .scope: .init(403, issue: "forbidden"), .unknownTenant: .init(403, .plainText),
                .unknownType: .init(403, issue: "forbidden"), .notFound: .init(404, issue: "not-found"),
                .notAllowed: .init(405, issue: "not-supported"), .parameterMissing: .init(400, .plainText),
                .parameterCombination: .init(400, .plainText), .parameterInvalid: .init(400, .plainText),
                .mediaType: .init(406, .empty), .notAcceptable: .init(406, .empty),
                .noVersion: .init(412, issue: "required"),
                .oldVersion: .init(409, issue: "conflict"), .conflict: .init(409, issue: "conflict"),
                .locked: .init(423, issue: "lock-error"), .dependency: .init(424, issue: "transient"),
                .invalidContent: .init(400, issue: "structure"), .invalidResource: .init(422, issue: "invalid"),
                .businessRule: .init(422, issue: "business-rule"), .extension: .init(422, issue: "extension"),
                .unsupported: .init(422, issue: "not-supported"), .noParameters: .init(400, .plainText),
                .incomplete: .init(500, severity: "fatal", issue: "required"),
                .tooMany: .init(422, issue: "too-costly"),
                .pageGone: .init(400, .plainText),
            ],
            outcomeSystem: nil, issues: [:], validationCodes: [:],
            searching: SearchForms(
                // Modifiers: the vendor's pages know `:exact` on names [unv]. Neither chains nor sorting (facts 5.3.4).
                unknownParameter: .ignore, warnsOfNoResults: false, modifiers: ["exact"], chains: false, sorts: false,
                includes: ([], []),
                // Facts 5.3.3.
                page: ("pageContext", [("direction", "NEXT")], [("direction", "PREVIOUS")])),
            // Not in the vendor's pages [unv]: plain HTTP and FHIR, harmless where a client asks for it.
            conditionalReads: true,
            // Facts 5.3.1: hosts of their own, fhir-myrecord and fhir-open; here they are told apart by the path.
            patientPath: "/myrecord/r4/{tenant}", openPath: "/open/r4/{tenant}", versionedReads: true, formats: [.json],
            securityServices: ["SMART-on-FHIR"],
            gatewayIDs: true,
            headers: [
                ("Cache-Control", "no-cache"), ("Vary", "Origin"), ("Access-Control-Allow-Origin", "*"),
                ("Access-Control-Expose-Headers", exposed),
            ],
            // Facts 5.3.3.
            preflight: [
                ("Access-Control-Allow-Origin", "*"),
                ("Access-Control-Allow-Methods", "DELETE, GET, POST, PUT, PATCH, OPTIONS, HEAD"),
                ("Access-Control-Expose-Headers", exposed), ("Access-Control-Max-Age", "0"),
            ]),
        forms: ResourceForms(
            csnSystem: "https://fhir.cerner.com/{tenant}/identifier/appointment",
            mrnSystem: "https://fhir.cerner.com/{tenant}/identifier/mrn",
            // Facts 5.3.5: bare digits, the formatted text in an extension.
            phone: .bareDigits,
            encounterClass: [
                "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "VR", "display": "virtual",
            ],
            serviceType: [
                "coding": [
                    [
                        "system": "https://fhir.cerner.com/{tenant}/codeSet/14249", "code": "2572307911",
                        "display": "Video Visit", "userSelected": true,
                    ]
                ],
                "text": "Video Visit",
            ],
            rooms: true, serviceCategory: nil,
            // Facts 5.3.3.
            fillsAbsent: true, firstVersion: 0),
        writeback: nil,
        // Facts 5.3.4. PATCH index 0 is the provider although read lists the patient first.
        videoLinks: VideoLinkRules(
            providerPath: "/contained/0/telecom/0/value", patientPath: "/contained/1/telecom/0/value",
            startPath: "/contained/0/telecom/0/period/start", endPath: "/contained/0/telecom/0/period/end",
            longestURL: 255),
        appointmentPatch: .cerner, appointmentCreation: AppointmentCreation(),
        // Facts 5.3.5.
        encounterPatch: EncounterPatch(paths: ["/period/start", "/period/end", "/type", "/extension"]),
        contextTokens: [:])

    /// Facts 5.3.3.
    private static let exposed =
        "ETag, Content-Location, Location, X-Request-Id, WWW-Authenticate, Date"
}

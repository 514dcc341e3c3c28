// SPDX-License-Identifier: Apache-2.0

import Value
import World

extension VendorProfile {
    /// Epic, as its public sandbox files of May 2026 describe it (facts 5.4).
    static let epic = VendorProfile(
        routes: RouteTemplate.own([.hyperspace, .haiku, .canto, .mychart]) + [
            RouteTemplate("/{tenant}/api/FHIR/R4/**", .fhir),
            RouteTemplate("/{tenant}/oauth2/authorize", .authorize(nil)),
            RouteTemplate("/{tenant}/oauth2/token", .token),
            RouteTemplate("/{tenant}/oauth2/.well-known/openid-configuration", .openID),
            RouteTemplate("/{tenant}/api/epic/2019/Security/Open/PublicKeys/530027/OIDC", .jwks),
            RouteTemplate(
                "/{tenant}/api/epic/2018/Telehealth/ContextLinking/SetExternalConnectionStatus", .writeback),
            RouteTemplate(
                "/{tenant}/api/epic/2018/Clinical/Patient/SETEXTERNALCONNECTIONSTATUS/Telemedicine/"
                    + "SetExternalConnectionStatus", .writeback),
        ],
        entries: [.hyperspace, .haiku, .canto, .mychart],
        smart: SMARTRules(
            authorizePath: "/{tenant}/oauth2/authorize", tokenPath: "/{tenant}/oauth2/token",
            jwksPath: "/{tenant}/api/epic/2019/Security/Open/PublicKeys/530027/OIDC", issuerPath: "/{tenant}/oauth2",
            // The captured files name neither (facts 5.4.1).
            revocationPath: nil, introspectionPath: nil, managementPath: nil,
            // Facts 5.4.1.
            clientAuthentication: [.post, .basic, .privateKeyJWT],
            grants: [
                "authorization_code", "refresh_token", "client_credentials", GrantName.assertion, GrantName.exchange,
            ],
            capabilities: [
                "launch-ehr", "launch-standalone", "client-public", "client-confidential-symmetric",
                "client-confidential-asymmetric", "context-banner", "context-style", "context-ehr-patient",
                "context-ehr-encounter", "context-standalone-patient", "permission-offline", "permission-patient",
                "permission-user", "permission-v1", "permission-v2", "sso-openid-connect", "authorize-post",
            ],
            challengeMethods: ["S256"],
            scopesSupported: ["epic.scanning.dmsusername", "fhirUser", "launch", "openid", "profile"],
            advertisedLife: 3600, realLife: 3600, jwtAccessTokens: false, wildcardScopes: true, longestScope: nil,
            // The public directory lists bases with a slash, so clients send both (facts 5.4.1).
            lenientAudienceSlash: true, lenientRedirectQuery: false,
            refreshInterval: nil, refreshScopes: ["online_access", "offline_access"], errorURI: false,
            namesTenant: false, namesResource: false, registrationDelay: .seconds(12 * 3600)),
        fhir: FHIRRules(
            softwareName: "Epic", publisher: "Epic Systems", types: epicTypes, defaultCount: 100,
            // Codes: facts 5.4.4; HTTP status per code is not published but for 4118 [unv].
            problems: [
                .noToken: .init(401, issue: "login"), .badToken: .init(401, issue: "login"),
                .scope: .init(403, issue: "forbidden", code: "4118"),
                .unknownTenant: .init(404, issue: "not-found", code: "4102"),
                .unknownType: .init(403, issue: "forbidden", code: "4118"),
                .notFound: .init(404, issue: "not-found", code: "4102"),
                .notAllowed: .init(405, issue: "not-supported", code: "59177"),
                .noParameters: .init(400, issue: "required", code: "4110"),
                .incomplete: .init(500, severity: "fatal", issue: "required", code: "4104"),
                .parameterMissing: .init(400, issue: "required", code: "4111"),
                .parameterCombination: .init(400, issue: "processing", code: "4112"),
                .parameterInvalid: .init(400, issue: "value", code: "4100"),
                .mediaType: .init(415, issue: "not-supported", code: "59105"),
                .notAcceptable: .init(406, issue: "not-supported", code: "59105"),
                .noVersion: .init(412, issue: "required", code: "59133"),
                .oldVersion: .init(412, issue: "conflict", code: "59133"),
                .conflict: .init(409, issue: "conflict", code: "59141"),
                .invalidContent: .init(400, issue: "structure", code: "59105"),
                .invalidResource: .init(400, issue: "invalid", code: "59102"),
                .businessRule: .init(422, issue: "business-rule", code: "59159"),
                .extension: .init(422, issue: "extension", code: "59159"),
                .unsupported: .init(422, issue: "not-supported", code: "59159"),
                .tooMany: .init(400, issue: "too-costly", code: "4127"),
                .pageGone: .init(400, issue: "expired", code: "4113"),
            ],
            outcomeSystem: "urn:oid:1.2.840.114350.1.13.0.1.7.2.657369", issues: NumberedIssue.epic,
            // Facts 5.4.4; which code goes with which rule [unv].
            validationCodes: [
                "structure": "59105", "required": "59108", "value": "59109", "code-invalid": "59109",
                "invariant": "59102",
            ],
            searching: SearchForms(
                // Facts 5.4.4 (4122) and 5.4.2 (includes). Modifiers, chains, sorting and the page's token are not among
                // the published files [unv].
                unknownParameter: .warn, warnsOfNoResults: true,
                modifiers: ["exact", "contains", "missing", "not", "text", "identifier", "above", "below"],
                chains: true, sorts: true, includes: (["*"], ["Provenance:target"]),
                page: ("sessionID", [], [])),
            // Facts 5.4.2: no conditional operations, no vread, three security services.
            conditionalReads: false, patientPath: nil, openPath: nil, versionedReads: false, formats: [.json, .xml],
            securityServices: ["OAuth", "SMART-on-FHIR", "Basic"],
            gatewayIDs: false, headers: [("Cache-Control", "no-cache,no-store"), ("Access-Control-Allow-Origin", "*")],
            // Facts 5.4.2 say `cors: true`; the rest [eng].
            preflight: [
                ("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "GET, POST, PUT, OPTIONS, HEAD"),
            ]),
        forms: ResourceForms(
            // Facts 5.4.3 [sec]: the same on Appointment and Encounter.
            csnSystem: "urn:oid:1.2.840.114350.1.13.0.1.7.3.698084.8",
            mrnSystem: "urn:oid:1.2.840.114350.1.13.0.1.7.5.737384.14", phone: .dashed,
            // Facts 5.4.3 [sec]: an Epic code, never VR.
            encounterClass: [
                "system": "urn:oid:1.2.840.114350.1.72.1.7.7.10.696784.13260", "code": "13",
                "display": "Support OP Encounter",
            ],
            serviceType: [
                "coding": [
                    ["system": "urn:oid:1.2.840.114350.1.13.0.1.7.2.808267", "code": "2990", "display": "Video Visit"]
                ],
                "text": "Video Visit",
            ],
            rooms: false,
            serviceCategory: [
                "coding": [
                    [
                        "system": "http://open.epic.com/FHIR/StructureDefinition/appointment-service-category",
                        "code": "appointment", "display": "Appointment",
                    ]
                ],
                "text": "appointment",
            ],
            fillsAbsent: false, firstVersion: 1),
        writeback: WritebackRules(
            vendorHeader: "Epic-Client-ID", userTypes: ["1", "2"],
            exceptionType: "Epic.ServiceModel.Internal.ServiceCommandException"),
        videoLinks: nil, appointmentPatch: nil, appointmentCreation: nil, encounterPatch: nil,
        // Facts 5.4.5.
        contextTokens: [
            "CSN": .csn, "CONFERENCEID": .csn, "PERFDEPID": .department, "DEPARTMENT": .department,
            "LOCATION": .department, "EXTENSION;15354": .start, "ENCRYPTED_DATA": .encryptedData,
        ])
}

// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import MockKit
import Trace
import Value
import World

/// How the EHR says where to authorize: smart-configuration, OpenID discovery, JWKS, CapabilityStatement.
extension EHRBase {
    /// SMART App Launch 2.x, `.well-known/smart-configuration`; fields per vendor (facts 5.3.1, 5.4.1).
    var smartConfiguration: Value {
        let smart = profile.smart
        var members: Members = [
            "issuer": .string(issuer), "jwks_uri": .string(url(smart.jwksPath)),
            "authorization_endpoint": .string(url(smart.authorizePath)),
            "token_endpoint": .string(url(smart.tokenPath)),
            "token_endpoint_auth_methods_supported": .array(
                smart.clientAuthentication.map { .string(Self.methodName($0)) }),
            "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
            "grant_types_supported": .array(smart.grants.map { .string($0) }),
            "scopes_supported": .array(smart.scopesSupported.map { .string($0) }),
            "response_types_supported": ["code"],
            "capabilities": .array(smart.capabilities.map { .string($0) }),
        ]
        if let path = smart.revocationPath { members["revocation_endpoint"] = .string(url(path)) }
        if let path = smart.introspectionPath { members["introspection_endpoint"] = .string(url(path)) }
        if let path = smart.managementPath { members["management_endpoint"] = .string(url(path)) }
        if !smart.challengeMethods.isEmpty {
            members["code_challenge_methods_supported"] = .array(smart.challengeMethods.map { .string($0) })
        }
        return .object(members)
    }

    /// The style document that `smart_style_url` leads to (SMART App Launch 2.x, "styling"): of no vendor [eng].
    var style: Value {
        [
            "color_background": "#ffffff", "color_error": "#9e2d2d", "color_highlight": "#0b5c8f",
            "color_modal_backdrop": "#1f2328", "color_success": "#1d6b34", "color_text": "#1f2328",
            "dim_border_radius": "4px", "dim_font_size": "13px", "dim_spacing_size": "16px",
            "font_family_body": "sans-serif", "font_family_heading": "sans-serif",
        ]
    }

    /// OpenID Connect Discovery 1.0.
    var openIDConfiguration: Value {
        [
            "issuer": .string(issuer), "authorization_endpoint": .string(url(profile.smart.authorizePath)),
            "token_endpoint": .string(url(profile.smart.tokenPath)), "jwks_uri": .string(url(profile.smart.jwksPath)),
            "response_types_supported": ["code"], "response_modes_supported": ["query"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": .array(profile.smart.scopesSupported.map { .string($0) }),
        ]
    }

    /// FHIR R4 CapabilityStatement with the older `oauth-uris` extension, which some clients read alone (facts 5.2).
    var capabilityStatement: Value {
        let smart = profile.smart
        let endpoints = [
            ("authorize", smart.authorizePath), ("token", smart.tokenPath), ("revoke", smart.revocationPath),
            ("introspect", smart.introspectionPath), ("manage", smart.managementPath),
        ].compactMap { name, path in path.map { ["url": .string(name), "valueUri": .string(url($0))] as Value } }
        let uris: Value = [
            "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
            "extension": .array(endpoints),
        ]
        let resources = profile.fhir.types.sorted { $0.key < $1.key }.map { capability(of: $0, $1) }
        let services: [Value] = profile.fhir.securityServices.map { code in
            let coding: Value = [
                "system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": .string(code),
                "display": .string(code),
            ]
            return ["coding": [coding], "text": .string(code)]
        }
        return [
            "resourceType": "CapabilityStatement", "status": "active", "date": .string(release), "kind": "instance",
            "publisher": .string(profile.fhir.publisher),
            "software": [
                "name": .string(profile.fhir.softwareName), "version": .string(release),
                "releaseDate": .string(release),
            ],
            "implementation": ["description": .string(profile.fhir.softwareName + " R4"), "url": .string(base.url)],
            "fhirVersion": "4.0.1",
            "format": .array(
                profile.fhir.formats.flatMap { [.string("application/fhir+\($0.rawValue)"), .string($0.rawValue)] }),
            "rest": [
                [
                    "mode": "server",
                    "security": [
                        "extension": [uris], "cors": true,
                        "service": .array(services),
                    ],
                    "resource": .array(resources),
                ]
            ],
        ]
    }

    /// A public document, to be read from any page's origin.
    func document(_ value: Value) -> MockResponse {
        .json(value, headers: [("Access-Control-Allow-Origin", "*")], world: model.id, party: .ehr)
    }

    /// The answer to a CORS preflight: whatever headers the page wants to send.
    var preflight: MockResponse {
        .empty(
            status: 200, headers: profile.fhir.preflight + [("Access-Control-Allow-Headers", "*, Authorization")],
            world: model.id, party: .ehr)
    }

    private func capability(of name: String, _ rules: TypeRules) -> Value {
        var interactions: [Value] = []
        if rules.read { interactions.append(["code": "read"]) }
        if rules.search != nil { interactions.append(["code": "search-type"]) }
        if rules.create { interactions.append(["code": "create"]) }
        if rules.update { interactions.append(["code": "update"]) }
        let isPatched = ["Appointment": profile.appointmentPatch != nil, "Encounter": profile.encounterPatch != nil]
        if isPatched[name] == true { interactions.append(["code": "patch"]) }
        if profile.fhir.versionedReads {
            interactions += [["code": "vread"], ["code": "history-instance"]]
        }
        var members: Members = [
            "type": .string(name), "interaction": .array(interactions),
            "conditionalRead": profile.fhir.conditionalReads ? "not-match" : "not-supported",
        ]
        if rules.match {
            members["operation"] = [
                ["name": "match", "definition": "http://hl7.org/fhir/OperationDefinition/Patient-match"]
            ]
        }
        let includes = profile.fhir.searching.includes
        if !includes.forward.isEmpty { members["searchInclude"] = .array(includes.forward.map { .string($0) }) }
        if !includes.reverse.isEmpty { members["searchRevInclude"] = .array(includes.reverse.map { .string($0) }) }
        let parameters = (rules.search?.names(of: name) ?? []).compactMap { parameter in
            rules.search?.definition(parameter, of: name).map { definition -> Value in
                ["name": .string(definition.name), "type": .string(definition.kind.rawValue)]
            }
        }
        if !parameters.isEmpty { members["searchParam"] = .array(parameters) }
        return .object(members)
    }

    private static func methodName(_ method: EHRRegistration.Authentication) -> String {
        switch method {
        case .basic: "client_secret_basic"
        case .post: "client_secret_post"
        case .privateKeyJWT: "private_key_jwt"
        case .none: "none"
        }
    }
}

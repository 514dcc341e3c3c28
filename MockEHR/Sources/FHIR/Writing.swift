// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import MockKit
import Trace
import Value
import World

/// Creates and updates of resources the vendor takes as they come.
extension EHRBase {
    func create(_ type: String, _ request: MockRequest, _ token: AccessToken) throws(Problem) -> MockResponse {
        try require(.create, on: type, token)
        var resource = try body(request, type)
        guard isVisible(resource, to: token, for: .create) else {
            throw Problem(.scope, "the scope does not cover this \(type)")
        }
        if type == "Appointment", let rules = profile.appointmentCreation {
            let booked = try rules.booked(resource, in: self)
            appointments[booked.plan.alias] = booked
            return created(appointmentResource(booked), request)
        }
        resource["id"] = .string(mint(12))
        resource["meta"] = stamp(version: 0, on: resource)
        written["\(type)/\(resource["id"]?.string ?? "")"] = [resource]
        return created(resource, request)
    }

    func update(
        _ type: String, _ id: String, _ request: MockRequest, _ token: AccessToken
    ) throws(Problem) -> MockResponse {
        try require(.update, on: type, token)
        let key = "\(type)/\(id)"
        guard let versions = written[key], let now = versions.last else {
            guard resource(type, id) == nil else { throw Problem(.businessRule, "this \(type) cannot be changed") }
            throw Problem(.notFound, "there is no \(type)/\(id)")
        }
        var resource = try body(request, type)
        guard resource["id"]?.string == id else { throw Problem(.invalidContent, "the body's id is not \(id)") }
        guard isVisible(now, to: token, for: .update), isVisible(resource, to: token, for: .update) else {
            throw Problem(.scope, "the scope does not cover this \(type)")
        }
        let version = now["meta"]?["versionId"]?.string ?? ""
        if let match = request.header("If-Match"), match != "W/\"\(version)\"", match != "\"\(version)\"" {
            throw Problem(.oldVersion, "the version is \(version)")
        }
        resource["meta"] = stamp(version: versions.count, on: resource)
        written[key] = versions + [resource]
        return answer(to: request, with: resource, status: 200, interaction: "update")
    }

    /// The resource of a body in one of the vendor's forms, valid R4 of the wanted type.
    func body(_ request: MockRequest, _ type: String) throws(Problem) -> Members {
        let media = request.mediaType ?? ""
        let value: Value
        var issues: [ValidationIssue] = []
        if FHIRFormat.json.words.contains(media), profile.fhir.formats.contains(.json) {
            do throws(JSONError) { value = try Value.parseJSON(Array(request.body)) } catch {
                throw Problem(.invalidContent, "the body is no JSON: \(error.message)")
            }
        } else if FHIRFormat.xml.words.contains(media), profile.fhir.formats.contains(.xml) {
            do throws(FHIRXMLError) {
                (value, issues) = try FHIRTypeModel.r4.resource(inXML: Array(request.body))
            } catch {
                throw Problem(.invalidContent, "the body is no FHIR XML: \(error)")
            }
        } else {
            throw Problem(.mediaType, "the body is of type \(media.isEmpty ? "nothing" : media)")
        }
        guard let resource = value.members, resource["resourceType"]?.string == type else {
            throw Problem(.invalidContent, "the body is not a \(type)")
        }
        try validate(resource, issues)
        return resource
    }

    /// Throws what keeps a resource from being R4.
    func validate(_ resource: Members, _ before: [ValidationIssue] = []) throws(Problem) {
        let issues = (before + Validator().issues(in: .object(resource))).filter { $0.severity == .error }
        guard let first = issues.first else { return }
        throw Problem(.invalidResource, "not valid: \(first.path): \(first.message)", issues: issues)
    }

    private func stamp(version: Int, on resource: Members) -> Value {
        var meta = resource["meta"]?.members ?? [:]
        meta["versionId"] = .string(String(version))
        meta["lastUpdated"] = .string(world.clock.now.description)
        return .object(meta)
    }

    private func created(_ resource: Members, _ request: MockRequest) -> MockResponse {
        answer(to: request, with: resource, status: 201, interaction: "create")
    }

    /// Empty (facts 5.3.3), but for clients that ask for what came of it.
    private func answer(
        to request: MockRequest, with resource: Members, status: Int, interaction: String
    ) -> MockResponse {
        let type = resource["resourceType"]?.string ?? ""
        let id = resource["id"]?.string ?? ""
        var facts: Members = ["type": .string(type), "id": .string(id), "interaction": .string(interaction)]
        if let alias = appointmentAlias(type, id) { facts["appointment"] = .string(alias) }
        var headers = headers(of: resource)
        let version = resource["meta"]?["versionId"]?.string ?? ""
        let place = profile.fhir.versionedReads ? "\(address(resource))/_history/\(version)" : address(resource)
        headers.append(("Location", place))
        let events = [event("fhir.written", facts)]
        guard request.header("Prefer")?.contains("return=representation") == true else {
            return .empty(status: status, headers: headers, world: model.id, party: .ehr, events: events)
        }
        return .json(
            .object(resource), status: status, type: "application/fhir+json", headers: headers, world: model.id,
            party: .ehr, events: events)
    }
}

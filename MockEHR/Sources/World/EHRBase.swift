// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
import World

/// One FHIR base URL with all that lives behind it. Confined to the actor that owns its world.
final class EHRBase {
    let base: FHIRBase
    /// Scheme, host and port of the base URL.
    let origin: String
    unowned let world: EHRWorld
    private var random: RandomStream

    var release: String
    var records: [IntegrationRecord] = []
    var appointments: [String: BookedAppointment] = [:] { didSet { world.changes += 1 } }
    /// Earlier versions of appointments, oldest first, by alias.
    var history: [String: [BookedAppointment]] = [:] { didSet { world.changes += 1 } }
    /// The versions of resources that clients wrote, oldest first, by `Type/id`.
    var written: [String: [Members]] = [:] { didSet { world.changes += 1 } }
    var rendered = RenderedResources()

    var sessions: [String: Session] = [:]
    var launches: [String: LaunchContext] = [:]
    /// Whom the next launch of an appointment shows as its patient, by the appointment's alias.
    var mixedUpPatients: [String: String] = [:]
    /// The flaw of the next id token.
    var tampering: IdentityTampering?
    var usedLaunches: Set<String> = []
    var pendingConsents: [String: (request: AuthorizationRequest, session: String)] = [:]
    var codes: [String: Code] = [:]
    var tokens: [String: AccessToken] = [:]
    var refreshTokens: [String: RefreshToken] = [:]
    /// Unique ids of client assertions seen, with the end of each assertion's life.
    var assertionIDs: [String: Instant] = [:]
    /// Searches with more than one page, by token.
    var pages: [String: SearchResult] = [:]
    /// Their tokens, oldest first.
    var pageOrder: [String] = []

    let organizationID: String
    let locationID: String
    let departmentID: String

    init(base: FHIRBase, world: EHRWorld, random: RandomStream) {
        self.base = base
        self.world = world
        self.random = random
        release = base.release
        shownURL = base.url
        let slashes = base.url.range(of: "://").map { base.url[$0.upperBound...] } ?? base.url[...]
        let host = slashes.prefix { $0 != "/" }
        origin = String(base.url[..<host.endIndex])
        organizationID = self.random.recordNumber()
        locationID = self.random.recordNumber()
        departmentID = self.random.recordNumber()
    }

    var profile: VendorProfile { world.profile }
    var model: WorldModel { world.model }
    /// Now, on the wire.
    var wire: Instant { world.wire() }

    /// A value nobody can guess, safe in a URL.
    func mint(_ length: Int = 43) -> String { random.token(length) }

    /// Decimal digits, as logical ids and numbers of records are.
    func mintNumber() -> String { random.recordNumber() }

    func uuid() -> String { random.uuid() }

    /// 32 digits, in upper case.
    func mintHexadecimal() -> String { random.hexadecimal() }

    func url(_ template: String) -> String { origin + filled(template) }

    /// The template with the tenant in it. By hand: resources hold such texts, and each read fills them.
    func filled(_ template: String) -> String {
        let mark = "{tenant}"
        var result = ""
        var rest = template[...]
        while let open = rest.utf8.firstIndex(of: UInt8(ascii: "{")) {
            let isMark = rest[open...].hasPrefix(mark)
            let next = rest.utf8.index(open, offsetBy: isMark ? mark.utf8.count : 1)
            result += rest[..<(isMark ? open : next)]
            if isMark { result += base.tenant }
            rest = rest[next...]
        }
        return result.isEmpty ? String(rest) : result + rest
    }

    /// The base URL under which the request under way came.
    var shownURL: String

    /// The base URL for patients alone; nil where the vendor has none.
    var patientURL: String? { profile.fhir.patientPath.map { url($0) } }

    var issuer: String { url(profile.smart.issuerPath) }

    func isAddress(_ url: String) -> Bool { url == base.url || url == base.url + "/" }

    /// The cookie that holds the session of this base.
    var cookieName: String { "ehr-session-" + base.tenant.filter { $0.isLetter || $0.isNumber || $0 == "-" } }

    func session(of request: MockRequest) -> (id: String, person: Person)? {
        guard let id = request.cookies[cookieName], let session = sessions[id] else { return nil }
        return (id, session.person)
    }

    func event(_ kind: String, _ fields: Members) -> EventDraft {
        var all = Members(room: fields.count + 1)
        all["base"] = .string(base.alias)
        for (name, value) in fields { all[name] = value }
        return world.event(kind, all)
    }

    func appointment(fhirID: String) -> BookedAppointment? { appointments.values.first { $0.plan.fhirID == fhirID } }
    func appointment(csn: String) -> BookedAppointment? { appointments.values.first { $0.plan.csn == csn } }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A browser's session. It lives in memory: tokens and names in it are never written anywhere.
struct Session: Sendable {
    var id = Secret.token(bytes: 32)
    /// Token that forms carry against cross-site requests.
    var csrf = Secret.token(bytes: 16)
    var identity: MicrosoftIdentity?
    /// EHR user ids by base, from launches of this session.
    var ehrUsers: [String: String] = [:]
    /// Bases whose Epic sign-in this session completed.
    var epicSignIns: Set<String> = []
    /// EHR tokens by visit, for the appointment page.
    var grants: [String: EHRGrant] = [:]
    /// Launches waiting for the Microsoft sign-in.
    var launches: [String: FinishedLaunch] = [:]
    var seen = Date()
}

/// A user's token at an EHR.
struct EHRGrant: Sendable {
    var access: String
    var refresh: String?
    var expires: Date
    let tokenURL: String
}

/// A provider launch whose EHR part has succeeded.
struct FinishedLaunch: Sendable {
    let visit: String
    let base: String
    let ehrUser: String
}

/// A sign-in under way, found again by its `state`.
struct Flow: Sendable {
    enum Kind: Sendable {
        /// Microsoft sign-in; afterwards the browser goes to this path.
        case microsoft(returnTo: String)
        case launch(LaunchRequest)
        /// The approver's Epic sign-in for a base.
        case approval(base: String)
    }

    let kind: Kind
    /// The browser that began it.
    let browser: String
    let nonce = Secret.token(bytes: 16)
    let verifier = Secret.token(bytes: 32)
    let begun = Date()
}

/// Sessions and sign-ins under way.
actor Sessions {
    private let behaviour: Behaviour
    private var sessions: [String: Session] = [:]
    private var flows: [String: Flow] = [:]
    /// Only the deliberate fault of counted states looks at it.
    private let begun = Tally()
    private var destinations: [String: String] = [:]

    init(behaviour: Behaviour) { self.behaviour = behaviour }

    func session(_ id: String?) -> Session? {
        guard let id, var session = sessions[id] else { return nil }
        guard Date().timeIntervalSince(session.seen) < 8 * 3600 else {
            sessions[id] = nil
            return nil
        }
        session.seen = Date()
        sessions[id] = session
        return session
    }

    func save(_ session: Session) {
        sweep()
        sessions[session.id] = session
    }

    func change(_ id: String, _ change: @Sendable (inout Session) -> Void) {
        guard var session = sessions[id] else { return }
        change(&session)
        sessions[id] = session
    }

    /// Takes a waiting launch out of a session; it can be finished once.
    func takeLaunch(_ launch: String, session id: String) -> FinishedLaunch? {
        sessions[id]?.launches.removeValue(forKey: launch)
    }

    /// A signed-in session under a new id, so that an id from before the sign-in is worth nothing after it.
    func signIn(_ identity: MicrosoftIdentity, replacing old: Session?) -> Session {
        var session = old ?? Session()
        if let previous = old {
            sessions[previous.id] = nil
            if let before = previous.identity, before.object != identity.object || before.tenant != identity.tenant {
                session = Session()
                session.launches = previous.launches
            }
        }
        session.id = Secret.token(bytes: 32)
        session.csrf = Secret.token(bytes: 16)
        session.identity = identity
        sessions[session.id] = session
        return session
    }

    /// The deliberate faults: where a launch value or an answer once led. Honest sessions remember neither.
    func remember(_ launch: String, _ url: String?, by defect: Defect) {
        if behaviour.has(defect) { destinations[launch] = url }
    }

    func remembered(_ launch: String) -> String? { destinations[launch] }

    func end(_ id: String) { sessions[id] = nil }

    /// Remembers a sign-in under way and gives its `state`.
    func begin(_ flow: Flow) -> String {
        sweep()
        let isCounted = behaviour.has(.statesCountedUp)
        let bytes = behaviour.has(.otherPaths) ? 12 : 32
        let random = isCounted ? "\(100_000 + flows.count)\(begun.add("flow"))" : Secret.token(bytes: bytes)
        let state = behaviour.has(.statePerBrowser) ? Secret.sha256(flow.browser) : random
        flows[state] = flow
        return state
    }

    /// The sign-in that `state` belongs to: once, within ten minutes, and only in the browser that began it.
    func take(_ state: String, browser: String?) throws -> Flow {
        let refused = Refusal(
            400, "state-invalid", "This sign-in was not begun in this browser, or it is over. Start again.")
        if behaviour.has(.launchStateUnchecked) {
            guard let flow = flows[state] else { throw refused }
            return flow
        }
        guard let flow = flows[state], flow.browser == browser || isTakenAnywhere(flow) else { throw refused }
        flows[state] = nil
        guard Date().timeIntervalSince(flow.begun) < 600 else { throw refused }
        return flow
    }

    /// The deliberate faults: sign-ins whose answer any browser may bring.
    private func isTakenAnywhere(_ flow: Flow) -> Bool {
        switch flow.kind {
        case .microsoft: behaviour.has(.microsoftAnswerInAnyBrowser)
        case .launch(let request):
            behaviour.has(request.role == .patient ? .patientAnswerInAnyBrowser : .answerInAnyBrowser)
        case .approval: false
        }
    }

    private func sweep() {
        let now = Date()
        flows = flows.filter { now.timeIntervalSince($0.value.begun) < 600 }
        sessions = sessions.filter { now.timeIntervalSince($0.value.seen) < 8 * 3600 }
    }
}

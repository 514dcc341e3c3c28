// SPDX-License-Identifier: Apache-2.0

package import Connector
package import Foundation
package import Ledger
package import ScenarioLanguage
internal import SourceText
internal import Trace
internal import Value
internal import World

/// One thing the doctor looked at.
package struct DoctorFinding: Sendable, Hashable {
    package enum State: String, Sendable, Hashable, CaseIterable {
        case ok
        /// A run would not be what it claims: to be mended first.
        case problem
        /// A run works, but less is decided.
        case warning
        /// Only a run can show it.
        case unproven
    }

    /// `file`, `support`, `claims`, `registrations`, `writeback`, `bindings`, `reach`, `clock`, `callbacks`, `egress`, `evidence`.
    package let area: String
    package let state: State
    /// One sentence.
    package let message: String
    /// What to do; nil where there is nothing to do.
    package let remedy: String?

    package init(_ area: String, _ state: State, _ message: String, remedy: String? = nil) {
        self.area = area
        self.state = state
        self.message = message
        self.remedy = remedy
    }
}

/// Examines a set-up before anything is judged: everything that is wrong at once, never as a conformance failure.
package struct Doctor: Sendable {
    let deployment: Deployment
    let ledger: Ledger
    /// The whole suite.
    let scenarios: [Scenario]
    /// For the connector's data and logs; created by the caller.
    let folder: URL
    let binaries: URL

    package init(deployment: Deployment, ledger: Ledger, scenarios: [Scenario], folder: URL, binaries: URL) {
        self.deployment = deployment
        self.ledger = ledger
        self.scenarios = scenarios
        self.folder = folder
        self.binaries = binaries
    }

    /// What can be seen without starting anything, then what the living connector shows. Some seconds.
    package func examine() async -> [DoctorFinding] {
        let written = await support() + claims() + registrations() + texts() + writeback() + bindings()
        let findings = await written + DoctorVisit(self).findings()
        guard let mask = SecretMask(deployment.secrets) else { return findings }
        return findings.map {
            DoctorFinding($0.area, $0.state, mask.masked($0.message), remedy: $0.remedy.map(mask.masked))
        }
    }

    // MARK: What the file says

    private func support() async -> [DoctorFinding] {
        do { try await SupportedSetup.check(deployment) } catch {
            guard let error = error as? RunError else { return [DoctorFinding("support", .problem, "\(error)")] }
            return error.remedy.split(separator: "\n").map { line in
                DoctorFinding(
                    "support", .problem, "it cannot be done here: " + line.trimmingCharacters(in: [" ", "="]))
            }
        }
        return []
    }

    private func claims() -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        let claims = deployment.claims
        if claims.profiles.isEmpty {
            findings.append(
                DoctorFinding(
                    "claims", .problem, "no profile is claimed: nothing would be judged",
                    remedy: "name some under claims.profiles: \(ledger.profiles.map(\.id).joined(separator: ", "))"))
        }
        for id in claims.profiles where ledger.profile(id) == nil {
            findings.append(
                DoctorFinding(
                    "claims", .problem, "there is no profile \(id)",
                    remedy: nearestWord(to: id, in: ledger.profiles.map(\.id)).map { "did you mean \($0)?" }
                        ?? "known are: \(ledger.profiles.map(\.id).joined(separator: ", "))"))
        }
        for name in claims.features.keys.sorted() where !ledger.features.contains(name) {
            findings.append(
                DoctorFinding(
                    "claims", .problem, "no profile knows the feature \(name)",
                    remedy: nearestWord(to: name, in: ledger.features).map { "did you mean \($0)?" }
                        ?? "known are: \(ledger.features.joined(separator: ", "))"))
        }
        let profiles = claims.profiles.compactMap(ledger.profile)
        for profile in profiles {
            for feature in profile.features where feature.status == .mandatory && claims.features[feature.name] != true
            {
                findings.append(
                    DoctorFinding(
                        "claims", .problem, "\(profile.id) makes \(feature.name) mandatory, and it is not claimed",
                        remedy: "write \(feature.name): true under claims.features, or do not claim the profile"))
            }
        }
        if findings.isEmpty {
            findings.append(DoctorFinding("claims", .ok, "claimed: \(claims.profiles.joined(separator: ", "))"))
        }
        return findings
    }

    private func registrations() -> [DoctorFinding] {
        var missing: [(String, String)] = []
        let vendors = Set(deployment.claims.profiles.compactMap { ledger.profile($0)?.vendor })
        if vendors.contains("cerner"), deployment.registrations.cerner == nil {
            missing.append(("cerner", "a Cerner profile is claimed"))
        }
        if vendors.contains("epic"), deployment.registrations.epic == nil {
            missing.append(("epic", "an Epic profile is claimed"))
        }
        if deployment.registrations.entra == nil { missing.append(("entra", "people sign in with Microsoft")) }
        if deployment.claims.features["sms"] == true, deployment.registrations.sms == nil, case .azure = deployment.sms
        {
            missing.append(("sms", "text messages are claimed"))
        }
        if missing.isEmpty { return [DoctorFinding("registrations", .ok, "the mocks know every client they need")] }
        return missing.map { name, why in
            DoctorFinding(
                "registrations", .problem, "nothing is registered with \(name), though \(why)",
                remedy: "add registrations.\(name)")
        }
    }

    /// The scenarios a run would drive.
    private var owed: [Scenario] {
        let claimed = Set(deployment.claims.profiles)
        return scenarios.filter { scenario in
            !claimed.isDisjoint(with: scenario.profiles)
                && scenario.requires.allSatisfy { deployment.claims.features[$0] == true }
        }
    }

    private func bindings() -> [DoctorFinding] {
        let claimed = Set(deployment.claims.features.filter(\.value).keys)
        var needed: [String: [String]] = [:]
        for scenario in owed {
            for operation in scenario.operations(claiming: claimed) {
                needed[operation, default: []].append(scenario.id)
            }
        }
        var findings: [DoctorFinding] = []
        for (operation, users) in needed.sorted(by: { $0.key < $1.key })
        where deployment.bindings[operation] == nil && !deployment.leavesToMicrosoft(operation) {
            let more = users.count > 3 ? " and \(users.count - 3) more" : ""
            findings.append(
                DoctorFinding(
                    "bindings", .problem,
                    "\(operation) has no binding; needed by \(users.prefix(3).joined(separator: ", "))\(more)",
                    remedy: "add bindings.\(operation)"))
        }
        for binding in deployment.bindings.values.sorted(by: { $0.operation < $1.operation }) {
            if case .steps(let steps) = binding.way, steps.isEmpty {
                findings.append(
                    DoctorFinding("bindings", .problem, "\(binding.operation) has no steps", remedy: "say what is done")
                )
            }
        }
        if deployment.bindings["ehr.notify"] == nil {
            findings.append(
                DoctorFinding(
                    "bindings", .warning, "without ehr.notify the connector must find out about bookings by itself",
                    remedy: "add bindings.ehr.notify if the EHR tells your connector of bookings"))
        }
        let attested = deployment.bindings.values.filter(\.isAttested).map(\.operation).sorted()
        if !attested.isEmpty {
            findings.append(
                DoctorFinding(
                    "bindings", .warning,
                    "\(attested.joined(separator: ", ")): only somebody's word is had of the outcome, which closes few rows",
                    remedy: "let a command's requests be seen (its proxy) and declare accepted"))
        }
        if !findings.contains(where: { $0.state == .problem }) {
            findings.append(
                DoctorFinding(
                    "bindings", .ok, "\(needed.count) operations are needed by \(owed.count) scenarios; all are bound"))
        }
        return findings
    }
}

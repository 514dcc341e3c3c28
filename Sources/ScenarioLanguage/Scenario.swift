// SPDX-License-Identifier: Apache-2.0

package import SourceText
package import World

/// One test purpose: world, steps, checks, and the requirements they verify. Complete: procedures are expanded,
/// names resolved, expressions compiled.
package struct Scenario: Sendable {
    /// Unique over all files; of a matrix's cell with its name in brackets.
    package let id: String
    /// The cell of its matrix; nil where it has none.
    package let cell: MatrixCell?
    package let title: String
    /// For the reader of a report.
    package let notes: String?
    /// Profiles whose suite it is part of.
    package let profiles: [String]
    /// Requirement id → the checks that verify it, in the file's order.
    package let verifies: [Verification]
    /// Checks that decide nothing where the connector's messages go such a way.
    package let notObservable: [Channel: [String]]
    /// Features the connector must claim; where one is missing the scenario is not applicable.
    package let requires: [String]
    package let isolation: Isolation
    /// Values that the run gives.
    package let parameters: [ScenarioParameter]
    package let world: WorldSpec
    package let steps: [Step]
    package let always: [Invariant]
    package let file: SourceFile
    /// The procedures in reach when it was read, by path: with them and its file it can be read again anywhere.
    package internal(set) var procedureFiles: [SourceFile] = []

    package init(
        id: String, cell: MatrixCell? = nil, title: String, notes: String?, profiles: [String],
        verifies: [Verification], notObservable: [Channel: [String]] = [:], requires: [String],
        isolation: Isolation, parameters: [ScenarioParameter] = [], world: WorldSpec, steps: [Step],
        always: [Invariant], file: SourceFile
    ) {
        self.id = id
        self.cell = cell
        self.title = title
        self.notes = notes
        self.profiles = profiles
        self.verifies = verifies
        self.notObservable = notObservable
        self.requires = requires
        self.isolation = isolation
        self.parameters = parameters
        self.world = world
        self.steps = steps
        self.always = always
        self.file = file
    }

    /// The id of its file: that of all cells of a matrix.
    package var family: String { cell.map { String(id.dropLast($0.name.count + 2)) } ?? id }

    /// Whether `--only name` means it: by its id, or by that of its matrix.
    package func isCalled(_ name: String) -> Bool { name == id || name == family }

    /// Operations of the connector that its steps call for, once each: without a binding for one the scenario stops there.
    /// - Parameter features: those the connector claims; steps for others are skipped.
    package func operations(claiming features: Set<String>) -> [String] {
        var found: [String] = []
        for step in steps where !step.isOptional && step.claims.allSatisfy({ $0.holds(for: features) }) {
            guard case .act(let act) = step.action, act.verb == .does,
                case .text(let operation)? = act.object.parts.first, act.object.parts.count == 1,
                !found.contains(operation)
            else { continue }
            found.append(operation)
        }
        return found
    }

    /// The requirements a check verifies.
    package func requirements(of check: String) -> [String] {
        verifies.filter { $0.checks.contains(check) }.map(\.requirement)
    }
}

/// A requirement and the checks of a scenario that verify it.
package struct Verification: Sendable, Hashable {
    package let requirement: String
    package let checks: [String]

    package init(requirement: String, checks: [String]) {
        self.requirement = requirement
        self.checks = checks
    }
}

/// What a scenario needs for itself.
package enum Isolation: String, Sendable, Hashable, CaseIterable {
    /// A world of its own on a connector shared with others.
    case shared
    /// A connector process of its own: it is killed, restarted or shares nothing else.
    case process
}

/// The universe a scenario asks for; the runner makes a `WorldModel` of it.
package struct WorldSpec: Sendable, Hashable {
    package var vendor: Vendor
    package var subscription: ConnectorSubscription = .standalone
    package var region: Region = .americas
    package var bases: [BaseSpec] = []
    package var people: [PersonSpec] = []
    package var appointments: [AppointmentSpec] = []
    /// Where the clock starts; nil is now. Never before now on a living connector.
    package var clock: Instant?

    package init(vendor: Vendor) { self.vendor = vendor }
}

/// A FHIR base of the world; `main`, test, is there where none is named.
package struct BaseSpec: Sendable, Hashable {
    package let alias: String
    package let environment: FHIREnvironment
    /// `2022-02` where none is named.
    package let release: String

    package init(alias: String, environment: FHIREnvironment, release: String) {
        self.alias = alias
        self.environment = environment
        self.release = release
    }
}

/// A person of the world.
package struct PersonSpec: Sendable, Hashable {
    package let alias: String
    package let role: Role
    package let locale: String
    package let timeZone: String
    package let licences: Set<String>

    package init(alias: String, role: Role, locale: String, timeZone: String, licences: Set<String>) {
        self.alias = alias
        self.role = role
        self.locale = locale
        self.timeZone = timeZone
        self.licences = licences
    }
}

/// An appointment the EHR can book.
package struct AppointmentSpec: Sendable, Hashable {
    package let alias: String
    package let base: String
    package let patient: String
    package let provider: String
    package let secondProvider: String?
    /// Relative to the world's start.
    package let startsAfter: Duration
    package let minutes: Int
    package let isVideoVisit: Bool
    /// The appointment of another base whose ids this one has too, as where a test system was copied from production.
    package let idsOf: String?

    package init(
        alias: String, base: String, patient: String, provider: String, secondProvider: String?, startsAfter: Duration,
        minutes: Int, isVideoVisit: Bool, idsOf: String? = nil
    ) {
        self.idsOf = idsOf
        self.alias = alias
        self.base = base
        self.patient = patient
        self.provider = provider
        self.secondProvider = secondProvider
        self.startsAfter = startsAfter
        self.minutes = minutes
        self.isVideoVisit = isVideoVisit
    }
}

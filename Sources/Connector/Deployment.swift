// SPDX-License-Identifier: Apache-2.0

/// Everything that is particular to one connector, as its deployment file says it.
package struct Deployment: Sendable {
    package let id: String
    package let title: String
    /// Folder of the file: `$(here)`.
    package let folder: String
    package internal(set) var reach: Reach
    package let registrations: Registrations
    package internal(set) var claims: Claims
    package internal(set) var clock: ClockSettings
    package internal(set) var egress: Egress
    package internal(set) var evidence: [EvidenceDeclaration]
    /// By operation name, for example `add-base-url`.
    package internal(set) var bindings: [String: Binding]
    package let mocks: MockSettings
    package let worlds: WorldSettings
    /// PEM file of authorities that the connector's own certificate is signed by; nil: the machine's.
    package let trust: String?
    /// Where text messages are handed in.
    package let sms: SMSSource
    /// How connects and disconnects are written to the EHR.
    package let writeback: WritebackChannel
    /// Which channels the judge sees, where the deployment is seen as another one; nil: its own.
    var mask: SeenChannels?
    /// Host patterns (`*` for any part) at which an actor's walk ends.
    package let handoff: [String]
    /// Hosts of the connector's own that it may reach, `*.` before one for all below it: telemetry, a key vault.
    package let ownServices: [String]
    /// Values that came from the environment: replaced by a keyed hash wherever a trace would show them.
    package let secrets: [String]

    /// How the connector is reached.
    package enum Reach: Sendable {
        /// It runs already.
        case url(Template)
        case command(CommandReach)
    }

    /// A connector that the harness starts.
    package struct CommandReach: Sendable {
        package let command: [Template]
        package let environment: [String: Template]
        package let directory: Template?
        package let ready: Ready
        package let readyWithin: Duration
        /// Between SIGTERM and SIGKILL.
        package let stopWithin: Duration

        /// Whether what it is started with refers to a name.
        package func asks(for name: String) -> Bool {
            (command + environment.values).contains { $0.names.contains(name) }
        }
    }

    /// How one knows that it is ready.
    package enum Ready: Sendable {
        /// A line `{"event":"ready","url":…}` on stdout.
        case jsonLine
        /// A URL that answers with a status below 500; `url` is what `$(connector)` becomes.
        case probe(url: Template, connector: Template)
    }

    /// How the connector's way out is seen.
    package enum Egress: String, Sendable, CaseIterable { case namespace, proxy, unobserved }

    /// What the connector says it can do.
    package struct Claims: Sendable, Hashable {
        package let profiles: [String]
        package let regions: [String]
        /// Features by name, for the profile's conformance statement.
        package let features: [String: Bool]
        /// Further profiles, each judged alone (`--profile`), with the arguments that make the connector one of that edition.
        package let editions: [String: [Template]]

        package init(
            profiles: [String], regions: [String], features: [String: Bool], editions: [String: [Template]] = [:]
        ) {
            self.profiles = profiles
            self.regions = regions
            self.features = features
            self.editions = editions
        }
    }
}

/// The connector's clock.
package struct ClockSettings: Sendable {
    package enum Mode: String, Sendable, CaseIterable { case virtual, command, real }
    package enum Scope: String, Sendable, CaseIterable { case tenant, process }

    package let mode: Mode
    package let scope: Scope
    package let read: ClockCall?
    package let advance: ClockCall?
    /// For a clock that cannot promise idleness: how long silence must last until it is believed. The report prints it.
    package let settle: Duration?
    /// With a real clock: the longest time a step waits; what takes longer is inconclusive.
    package let longestWait: Duration

    package static let defaultLongestWait = Duration.seconds(60)

    package init(
        mode: Mode, scope: Scope, read: ClockCall?, advance: ClockCall?, settle: Duration?,
        longestWait: Duration = ClockSettings.defaultLongestWait
    ) {
        self.mode = mode
        self.scope = scope
        self.read = read
        self.advance = advance
        self.settle = settle
        self.longestWait = longestWait
    }

    /// How the clock is spoken to; both answer `{"now","next","pending"}`.
    package enum ClockCall: Sendable {
        case request(RequestTemplate)
        case command([Template])
    }
}

/// A request of a binding or of the clock.
package struct RequestTemplate: Sendable {
    package enum Body: Sendable {
        case json(ValueTemplate)
        case form([FieldTemplate])
        case text(Template)
    }

    package let method: String
    package let url: Template
    package let headers: [FieldTemplate]
    package let body: Body?

    /// Every template inside.
    package var templates: [Template] {
        let inBody: [Template] =
            switch body {
            case .json(let value): value.templates
            case .form(let fields): fields.map(\.value)
            case .text(let template): [template]
            case nil: []
            }
        return [url] + headers.map(\.value) + inBody
    }
}

/// A name with a template.
package struct FieldTemplate: Sendable {
    package let name: String
    package let value: Template
}

/// A place where a connector leaves traces of what it handled.
package struct EvidenceDeclaration: Sendable {
    package enum Kind: String, Sendable, CaseIterable { case stdout, stderr, file, folder, sqlite, postgresql, command }

    package let id: String
    package let kind: Kind
    /// For file, folder and sqlite.
    package let path: Template?
    /// For command and postgresql: what it prints is the evidence, line by line.
    package let command: [Template]
    /// Added to the command's environment, for example `PGPASSWORD`.
    package let environment: [String: Template]
    /// How long the command may take.
    package let within: Duration
    /// What must be found in it for the source to count, of ``controls``.
    package let control: String?

    /// The EHR user's id, which a connector may keep; a world's Entra tenant id, as a marker of its log lines.
    package static let controls = ["ehr-user-id", "tenant"]

    package init(
        id: String, kind: Kind, path: Template?, command: [Template] = [], environment: [String: Template] = [:],
        within: Duration = .seconds(60), control: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.path = path
        self.command = command
        self.environment = environment
        self.within = within
        self.control = control
    }
}

/// What is registered with the mocks per world; `$(connector)` and `$(tenant)` are known.
package struct Registrations: Sendable {
    package let cerner: EHR?
    package let epic: EHR?
    package let entra: Entra?
    package let sms: SMS?

    package enum Authentication: String, Sendable, CaseIterable {
        case basic, post, none
        case privateKeyJWT = "private_key_jwt"
    }

    package struct EHR: Sendable {
        package let clientID: Template
        package let clientSecret: Template?
        package let authentication: Authentication
        /// URL or JSON text of the key set of who signs assertions.
        package let jwks: Template?
        package let redirectURIs: [Template]
        package let launchURLs: [Template]
        package let system: System?
        package let writeback: Credentials?
    }

    /// The client of backend services; without a secret it signs assertions with a key of the registration's key set.
    package struct System: Sendable {
        package let id: Template
        package let secret: Template?
    }

    /// A user with its password.
    package struct Credentials: Sendable {
        package let id: Template
        package let secret: Template
    }

    package struct Entra: Sendable {
        package let clientID: Template
        package let clientSecret: Template?
        /// PEM text of certificates whose keys may sign assertions instead.
        package let certificates: [Template]
        package let redirectURIs: [Template]
        package let applicationPermissions: [String]
        package let delegatedPermissions: [String]
        /// Whether the organization granted an application access policy for meetings.
        package let accessPolicy: Bool
    }

    package struct SMS: Sendable {
        /// Base64.
        package let accessKey: Template
        /// Where incoming messages and delivery reports are posted to.
        package let hookURL: Template?
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Value
internal import World

/// The names a stretch of steps can use: the world's, the parameters of its procedure, and what was captured before.
///
/// Not `Sendable`: lives while one file is read.
final class Scope {
    /// A parameter with the value its procedure was called with, already free of other parameters.
    struct Binding {
        let type: ParameterType
        let value: Template
    }

    /// A capture: the name it goes by at run time, and whether somebody uses it.
    private struct Captured {
        let qualified: String
        let span: SourceSpan?
        var isUsed: Bool
    }

    let world: WorldNames
    let parameters: [String: Binding]
    /// Parameters of a scenario: their values are known only to the run.
    let given: [String]
    /// Put before the names of this scope's captures: they are local to the procedure call.
    let prefix: String
    private(set) var usedParameters: Set<String> = []
    private var captures: [String: Captured] = [:]
    private let mistakes: Mistakes

    init(
        world: WorldNames, parameters: [String: Binding], given: [String] = [], prefix: String, mistakes: Mistakes
    ) {
        self.world = world
        self.given = given
        self.parameters = parameters
        self.prefix = prefix
        self.mistakes = mistakes
    }

    // MARK: Captures

    /// A capture of this scope's own; returns the name it goes by at run time.
    func capture(_ name: String, at span: SourceSpan) -> String {
        if let before = captures[name], !before.isUsed { reportUnused(name, before.span) }
        let qualified = prefix + name
        captures[name] = Captured(qualified: qualified, span: span, isUsed: false)
        return qualified
    }

    /// A capture that a procedure returned: nobody has to use it.
    func adopt(_ name: String, qualified: String) {
        captures[name] = Captured(qualified: qualified, span: nil, isUsed: true)
    }

    /// The run-time name of a capture, which counts as used from now on.
    func use(capture name: String) -> String? {
        captures[name]?.isUsed = true
        return captures[name]?.qualified
    }

    func useAllCaptures() { for name in captures.keys { captures[name]?.isUsed = true } }

    var captureNames: [String] { captures.keys.sorted() }

    func reportUnusedCaptures() {
        for (name, capture) in captures where !capture.isUsed { reportUnused(name, capture.span) }
    }

    private func reportUnused(_ name: String, _ span: SourceSpan?) {
        mistakes.report(
            "unused-capture", "the capture `\(name)` is never used", remedy: "use it as `$(\(name))`, or leave it out",
            at: span)
    }

    // MARK: Parameters

    func use(parameter name: String) -> Binding? {
        guard let binding = parameters[name] else { return nil }
        usedParameters.insert(name)
        return binding
    }

    /// Where the run puts the value of a scenario's parameter; nil where there is none of that name.
    func use(given name: String) -> String? {
        guard given.contains(name) else { return nil }
        usedParameters.insert(name)
        return "\(ScenarioParameter.owner).\(name)"
    }

    // MARK: Words

    /// A bare word in a place of a type: a parameter of that type stands for its value.
    func bare(_ word: String, _ type: ParameterType) -> String {
        guard let binding = parameters[word], binding.type == type, let literal = binding.value.literal else {
            return word
        }
        usedParameters.insert(word)
        return literal
    }

    /// Everything a reference may name, for suggestions.
    var referenceNames: [String] {
        captureNames + given + parameters.keys.sorted()
            + parameters.keys.sorted().flatMap { name in
                parameters[name].map { WorldNames.members(of: $0.type).map { "\(name).\($0)" } } ?? []
            } + world.references
    }
}

/// The names of a scenario's world.
struct WorldNames {
    var vendor: Vendor?
    /// Alias → role; nil where the role is not known yet (a parameter of a procedure read by itself).
    var people: [String: Role?] = [:]
    var appointments: Set<String> = []
    var bases: Set<String> = []

    static let personMembers = DataClass.allCases.map(\.rawValue) + ["alias", "role"]
    static let appointmentMembers = ["start", "end", "id", "csn", "alias"]
    static let baseMembers = ["url", "alias", "impostor"]
    static let allMembers = Set(personMembers + appointmentMembers + baseMembers)
    static let worldMembers = ["tenant", "microsoft", "region", "vendor", "start"]
    static let others = worldMembers.map { "world." + $0 } + ["connector.url"]

    static func members(of type: ParameterType) -> [String] {
        switch type {
        case .person: personMembers
        case .appointment: appointmentMembers
        case .base: baseMembers
        case .word, .text, .duration, .url: []
        }
    }

    /// What may stand behind `ALIAS.`; nil where nothing of the world has that alias.
    func members(of alias: String) -> [String]? {
        if let role = people[alias] {
            // Patients have no Microsoft account.
            let none: [DataClass] = role == .patient ? [.principalName, .directoryID, .displayName] : []
            return Self.personMembers.filter { member in !none.contains { $0.rawValue == member } }
        }
        if appointments.contains(alias) { return Self.appointmentMembers }
        if bases.contains(alias) { return Self.baseMembers }
        switch alias {
        case "world": return Self.worldMembers
        case "connector": return ["url"]
        default: return nil
        }
    }

    /// Every world reference there is, in a fixed order.
    var references: [String] {
        let aliases = bases.sorted() + appointments.sorted() + people.keys.sorted()
        return aliases.flatMap { alias in (members(of: alias) ?? []).map { "\(alias).\($0)" } } + Self.others
    }
}

/// The type of a procedure's parameter.
package enum ParameterType: String, Sendable, Hashable, CaseIterable {
    case person, appointment, base, word, text, duration, url
}

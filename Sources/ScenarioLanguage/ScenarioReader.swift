// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Value
internal import World

/// Reads one scenario file against the ledger and the procedures in reach.
struct ScenarioReader {
    let mistakes: Mistakes
    let ledger: Ledger
    let procedures: [String: Procedure]
    /// The cell that is read, with all names of each axis; nil where the file has no matrix.
    var cell: (place: MatrixCell, known: [String: [String]])?

    /// Nil where something is wrong; then `mistakes` says what.
    func scenario(_ root: YAMLNode) -> Scenario? {
        guard let form = Form(root, what: "a scenario", mistakes: mistakes) else { return nil }
        let id = form.requiredText("id")
        if let id, let node = form.node("id"), !Names.isName(id) {
            mistakes.report("bad-name", "`\(id)` is no id", remedy: "write " + Names.expected, at: node.span)
        }
        // Taken out before where there is one; here for the list of keys there are.
        _ = form.node("matrix")
        let title = form.requiredText("title")
        let notes = form.text("notes")
        let all = profiles(form)
        // A matrix over vendors names the profiles of all of them; a cell belongs to those of its own.
        let vendor = cell == nil ? nil : root["world"]?["organization"]?["ehr"]?.text
        let profiles = vendor.map { vendor in all.filter { $0.vendor == vendor } } ?? all
        let verifies = form.required("verifies").map { self.verifies($0, profiles: profiles) } ?? []
        let unseen = form.node("not-observable").map(notObservable) ?? []
        let requires = requires(form)
        let isolation =
            form.node("isolation")
            .flatMap { mistakes.word($0, "`isolation`", of: Isolation.allCases.map(\.rawValue)) }
            .flatMap { Isolation(rawValue: $0) } ?? .shared
        var reader = WorldReader(mistakes: mistakes)
        let world = form.required("world").flatMap { reader.world($0) }
        if let world { checkVendor(world.vendor, all, form) }

        let given = form.node("parameters").map { ScenarioParameterReader(mistakes: mistakes).parameters($0) } ?? []
        for (parameter, span) in given where reader.names.members(of: parameter.name) != nil {
            mistakes.report(
                "duplicate-name", "`\(parameter.name)` names something of this world already", at: span)
        }
        let scope = Scope(
            world: reader.names, parameters: [:],
            // Those with a mistake too, so that one does not cause a dozen.
            given: form.node("parameters")?.entries?.map(\.name) ?? [], prefix: "", mistakes: mistakes)
        let assembly = Assembly()
        let context = ReadingContext(
            mistakes: mistakes, scope: scope, assembly: assembly, procedures: procedures, axes: axes,
            features: ledger.features)
        let stepNodes = form.required("steps").flatMap { mistakes.list($0, "`steps`") } ?? []
        if let node = form.node("steps"), stepNodes.isEmpty, node.items != nil {
            mistakes.report("missing-key", "`steps` is empty", at: node.span)
        }
        let steps = context.steps(stepNodes, idPrefix: "")
        let always = (form.node("always").flatMap { mistakes.list($0, "`always`") } ?? [])
            .compactMap { context.invariant($0, policies: ledger.policies) }
        form.finish()

        scope.reportUnusedCaptures()
        for (parameter, span) in given
        where !scope.usedParameters.contains(parameter.name) && reader.names.members(of: parameter.name) == nil {
            mistakes.report(
                "unused-parameter", "the parameter `\(parameter.name)` is never used",
                remedy: "use it as `$(\(parameter.name))`, or leave it out", at: span)
        }
        if let (text, span, file) = assembly.needsProcess, isolation == .shared {
            mistakes.report(
                "needs-isolation", "`\(text)` needs a connector process of its own",
                remedy: "write `isolation: process`",
                at: file.path == mistakes.file.path ? span : form.key("steps")?.span)
        }
        checkTies(verifies, assembly, form, profiles)
        for (_, checks) in unseen { checkKnown(checks, assembly) }
        guard let id, let title, let world, !mistakes.haveErrors else { return nil }
        let ties = cell == nil ? verifies : applicable(verifies, assembly, profiles)
        var scenario = Scenario(
            id: cell.map { "\(id)[\($0.place.name)]" } ?? id, cell: cell?.place,
            title: cell.map { "\(title) (\($0.place.name))" } ?? title, notes: notes, profiles: profiles.map(\.id),
            verifies: ties.map { Verification(requirement: $0.requirement, checks: $0.checks.map(\.name)) },
            notObservable: Dictionary(
                unseen.map { ($0.channel, $0.checks.map(\.name)) }, uniquingKeysWith: { first, _ in first }),
            requires: requires, isolation: isolation, parameters: given.map(\.parameter), world: world,
            steps: steps, always: always, file: mistakes.file)
        scenario.procedureFiles = procedures.values.map(\.file).sorted { $0.path < $1.path }
        return scenario
    }

    private var axes: [String: ReadingContext.Axis] {
        var axes: [String: ReadingContext.Axis] = [:]
        for place in cell?.place.values ?? [] {
            axes[place.axis] = .init(chosen: place.name, known: cell?.known[place.axis] ?? [])
        }
        return axes
    }

    /// Of a cell: the requirements of its profiles, with the checks it decides.
    private func applicable(_ ties: [Tie], _ assembly: Assembly, _ profiles: [Profile]) -> [Tie] {
        let used = Set(assembly.checks.map(\.name))
        let ids = Set(profiles.map(\.id))
        return ties.compactMap { tie in
            guard let requirement = ledger.requirement(tie.requirement), !ids.isDisjoint(with: requirement.profiles)
            else { return nil }
            let checks = tie.checks.filter { used.contains($0.name) }
            return checks.isEmpty ? nil : Tie(requirement: tie.requirement, span: tie.span, checks: checks)
        }
    }

    // MARK: Profiles, requirements, features

    private func profiles(_ form: Form) -> [Profile] {
        _ = form.required("profiles")
        return form.words("profiles").compactMap { id, span in
            if let profile = ledger.profile(id) { return profile }
            mistakes.reportUnknown("unknown-profile", "profile", id, known: ledger.profiles.map(\.id), at: span)
            return nil
        }
    }

    private struct Tie {
        let requirement: String
        let span: SourceSpan
        let checks: [(name: String, span: SourceSpan)]
    }

    private func verifies(_ node: YAMLNode, profiles: [Profile]) -> [Tie] {
        guard let form = Form(node, what: "`verifies`", mistakes: mistakes) else { return [] }
        return form.entries.map { entry in
            if let requirement = ledger.requirement(entry.name) {
                if !profiles.isEmpty, !requirement.profiles.contains(where: { id in profiles.contains { $0.id == id } })
                {
                    mistakes.report(
                        "foreign-requirement", "\(entry.name) belongs to none of this scenario's profiles",
                        remedy: "it belongs to \(requirement.profiles.joined(separator: ", "))", at: entry.key.span)
                }
            } else {
                mistakes.reportUnknown(
                    "unknown-requirement", "requirement", entry.name, known: ledger.requirements.map(\.id),
                    at: entry.key.span)
            }
            let checks = mistakes.words(entry.value, "the checks of \(entry.name)").map {
                (name: $0.word, span: $0.span)
            }
            return Tie(requirement: entry.name, span: entry.key.span, checks: checks)
        }
    }

    /// Channels with the checks that have nothing to see there.
    private func notObservable(_ node: YAMLNode) -> [(channel: Channel, checks: [(name: String, span: SourceSpan)])] {
        guard let form = Form(node, what: "`not-observable`", mistakes: mistakes) else { return [] }
        return form.entries.compactMap { entry in
            let checks = mistakes.words(entry.value, "the checks of \(entry.name)").map {
                (name: $0.word, span: $0.span)
            }
            if let channel = Channel(rawValue: entry.name) { return (channel, checks) }
            mistakes.reportUnknown(
                "unknown-channel", "channel", entry.name, known: Channel.allCases.map(\.rawValue), at: entry.key.span)
            return nil
        }
    }

    private func checkKnown(_ checks: [(name: String, span: SourceSpan)], _ assembly: Assembly) {
        let used = assembly.checks.map(\.name)
        // Of a matrix's cell only what it decides is there.
        for check in checks where cell == nil && !used.contains(check.name) {
            mistakes.reportUnknown("unknown-check", "check", check.name, known: used, at: check.span)
        }
    }

    private func requires(_ form: Form) -> [String] {
        form.words("requires").map { name, span in
            if !ledger.features.contains(name) {
                mistakes.reportUnknown("unknown-feature", "feature", name, known: ledger.features, at: span)
            }
            return name
        }
    }

    private func checkVendor(_ vendor: Vendor, _ profiles: [Profile], _ form: Form) {
        for (id, span) in form.words("profiles") {
            guard let profile = profiles.first(where: { $0.id == id }), profile.vendor != vendor.rawValue else {
                continue
            }
            mistakes.report(
                "foreign-profile", "the profile `\(id)` is \(profile.vendor)'s, the world's EHR is \(vendor.rawValue)",
                remedy: "write a scenario for each vendor", at: span)
        }
    }

    /// Every check verifies a requirement, and every requirement names checks that exist.
    private func checkTies(_ ties: [Tie], _ assembly: Assembly, _ form: Form, _ profiles: [Profile]) {
        // Without a list of steps nothing can be said about checks.
        guard form.node("steps")?.items != nil else { return }
        let used = assembly.checks.map(\.name)
        let known = Set(used)
        for tie in ties {
            if tie.checks.isEmpty {
                mistakes.report("idle-requirement", "\(tie.requirement) names no check", at: tie.span)
            }
            for check in tie.checks where !known.contains(check.name) {
                mistakes.reportUnknown("unknown-check", "check", check.name, known: used, at: check.span)
            }
        }
        let ties = cell == nil ? ties : applicable(ties, assembly, profiles)
        let tied = Set(ties.flatMap { $0.checks.map(\.name) })
        for check in assembly.checks where !tied.contains(check.name) {
            let isOwn = check.file.path == mistakes.file.path
            mistakes.report(
                "idle-check",
                "the check `\(check.name)`\(isOwn ? "" : " of \(check.file.path)") verifies no requirement",
                remedy: cell == nil
                    ? "name it under `verifies`"
                    : "name it under `verifies`, for a requirement of this cell's profiles",
                at: isOwn ? check.span : form.key("verifies")?.span)
        }
        if used.isEmpty {
            mistakes.report(
                "no-check", "the scenario checks nothing", remedy: "name what is judged with `as` or `check`",
                at: form.key("steps")?.span)
        }
    }
}

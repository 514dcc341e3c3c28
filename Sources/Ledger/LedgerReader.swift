// SPDX-License-Identifier: Apache-2.0

internal import SourceText
internal import Value

/// Reads one file of the ledger into its types; what is wrong goes to `mistakes`.
struct LedgerReader {
    let root: YAMLNode
    let mistakes: Mistakes

    // MARK: requirements.yaml

    func requirements() -> [Requirement] {
        guard let form = Form(root, what: "the requirement ledger", mistakes: mistakes) else { return [] }
        let items = form.required("requirements").flatMap { mistakes.list($0, "`requirements`") } ?? []
        form.finish()
        var seen: Set<String> = []
        return items.compactMap { item in
            guard let requirement = requirement(item) else { return nil }
            if !seen.insert(requirement.id).inserted {
                mistakes.report("duplicate-id", "the requirement `\(requirement.id)` stands twice", at: item.span)
            }
            return requirement
        }
    }

    private func requirement(_ node: YAMLNode) -> Requirement? {
        guard let form = Form(node, what: "a requirement", mistakes: mistakes) else { return nil }
        defer { form.finish() }
        let id = form.requiredText("id")
        let sentence = form.requiredText("sentence")
        let level = form.required("level").flatMap { word($0, "`level`", Requirement.Level.self) }
        let sources = form.words("sources").compactMap { source($0) }
        let profiles = form.words("profiles").map(\.word)
        let observable = form.requiredText("observable")
        let observability = form.required("observability")
            .flatMap { word($0, "`observability`", Requirement.Observability.self) }
        let limits = form.text("limits")
        guard let id, let sentence, let level, let observable, let observability else { return nil }
        if profiles.isEmpty {
            mistakes.report("missing-key", "\(id) belongs to no profile", at: form.span)
        }
        if level == .must, sources.isEmpty {
            mistakes.report(
                "missing-key", "\(id) is level M but names no source page",
                remedy: "name its pages, or make it level E", at: form.span)
        }
        return Requirement(
            id: id, sentence: sentence, level: level, sources: sources, profiles: profiles, observable: observable,
            observability: observability, limits: limits)
    }

    // MARK: profiles/*.yaml

    func profile(requirements: [Requirement]) -> Profile? {
        guard let form = Form(root, what: "a profile", mistakes: mistakes) else { return nil }
        defer { form.finish() }
        let id = form.requiredText("id")
        let title = form.requiredText("title")
        let vendor = form.required("vendor").flatMap { mistakes.word($0, "`vendor`", of: ["cerner", "epic", "any"]) }
        let edition = form.requiredText("edition")
        let sources = form.words("sources").compactMap { source($0) }
        var seen: Set<String> = []
        func ids(_ key: String) -> [String] {
            form.words(key).compactMap { id, span in
                guard requirements.contains(where: { $0.id == id }) else {
                    mistakes.reportUnknown(
                        "unknown-requirement", "requirement", id, known: requirements.map(\.id), at: span)
                    return nil
                }
                if !seen.insert(id).inserted {
                    mistakes.report("duplicate-id", "the profile lists \(id) twice", at: span)
                }
                return id
            }
        }
        let mandatory = ids("mandatory")
        let engineering = ids("engineering")
        let features = form.node("features").map { self.features($0) } ?? []
        let attestable = form.words("attestable").compactMap { id, span -> String? in
            if let row = requirements.first(where: { $0.id == id }), row.observability == .attested,
                (mandatory + engineering).contains(id)
            {
                return id
            }
            mistakes.report(
                "not-attestable", "no attestation may close `\(id)` here",
                remedy: "name rows of this profile whose observability is `attested` in requirements.yaml", at: span)
            return nil
        }
        let additions = form.words("additions").map(\.word)
        let frozen = form.node("frozen").flatMap(frozen)
        guard let id, let title, let vendor, let edition else { return nil }
        return Profile(
            id: id, title: title, vendor: vendor, edition: edition, sources: sources, mandatory: mandatory,
            engineering: engineering, features: features, attestable: attestable, additions: additions, frozen: frozen)
    }

    private func frozen(_ node: YAMLNode) -> Profile.Frozen? {
        guard let form = Form(node, what: "`frozen`", mistakes: mistakes) else { return nil }
        defer { form.finish() }
        let revision = form.required("revision").flatMap { mistakes.integer($0, "`revision`", in: 1...100_000) }
        let minimum = form.required("minimum-checks")
            .flatMap { mistakes.integer($0, "`minimum-checks`", in: 1...1_000_000) }
        let hash = form.requiredText("sha256")
        let scenarios = form.words("scenarios").map(\.word)
        guard let revision, let minimum, let hash else { return nil }
        return Profile.Frozen(revision: revision, minimumChecks: minimum, scenarios: scenarios, sha256: hash)
    }

    private func features(_ node: YAMLNode) -> [Profile.Feature] {
        guard let form = Form(node, what: "`features`", mistakes: mistakes) else { return [] }
        return form.entries.compactMap { entry in
            word(entry.value, "the feature `\(entry.name)`", Profile.Status.self)
                .map { Profile.Feature(name: entry.name, status: $0) }
        }
    }

    // MARK: defects.yaml

    func defects() -> [DefectEntry] {
        // A plain list, or a list under `defects:`.
        var list = root
        if root.entries != nil {
            guard let form = Form(root, what: "the defect catalogue", mistakes: mistakes) else { return [] }
            guard let node = form.required("defects") else { return [] }
            form.finish()
            list = node
        }
        var seen: Set<String> = []
        return (mistakes.list(list, "the defect catalogue") ?? []).compactMap { item in
            guard let defect = defect(item) else { return nil }
            if !seen.insert(defect.id).inserted {
                mistakes.report("duplicate-id", "the defect `\(defect.id)` stands twice", at: item.span)
            }
            return defect
        }
    }

    private func defect(_ node: YAMLNode) -> DefectEntry? {
        guard let form = Form(node, what: "a defect", mistakes: mistakes) else { return nil }
        defer { form.finish() }
        let id = form.requiredText("id")
        let story = form.requiredText("story")
        let area = form.requiredText("area")
        let source = form.requiredText("source")
        var expected: DefectEntry.Expected?
        if let node = form.required("expected"), let form = Form(node, what: "`expected`", mistakes: mistakes) {
            let scenario = form.text("scenario")
            let check = form.requiredText("check")
            let reason = form.requiredText("reason")
            form.finish()
            if let check, let reason { expected = .init(scenario: scenario, check: check, reason: reason) }
        }
        let also = form.words("also").map(\.word)
        let showsIn = form.words("shows-in").map(\.word)
        guard let id, let story, let area, let source, let expected else { return nil }
        return DefectEntry(
            id: id, story: story, area: area, source: source, expected: expected, also: also, showsIn: showsIn)
    }

    // MARK: statements.yaml

    func statements(requirements: [Requirement]) -> [Statement] {
        guard let form = Form(root, what: "the index of statements", mistakes: mistakes) else { return [] }
        let items = form.required("statements").flatMap { mistakes.list($0, "`statements`") } ?? []
        form.finish()
        var seen: Set<String> = []
        return items.compactMap { item in
            guard let statement = statement(item, requirements: requirements) else { return nil }
            if !seen.insert(statement.id).inserted {
                mistakes.report("duplicate-id", "the statement `\(statement.id)` stands twice", at: item.span)
            }
            return statement
        }
    }

    private func statement(_ node: YAMLNode, requirements: [Requirement]) -> Statement? {
        guard let form = Form(node, what: "a statement", mistakes: mistakes) else { return nil }
        defer { form.finish() }
        let id = form.requiredText("id")
        let pages = form.words("pages").compactMap { source($0) }
        let section = form.requiredText("section")
        let says = form.requiredText("says")
        let reason = form.text("not-judged")
        let rows = form.words("rows").compactMap { row, span -> String? in
            if requirements.contains(where: { $0.id == row }) { return row }
            mistakes.reportUnknown("unknown-requirement", "requirement", row, known: requirements.map(\.id), at: span)
            return nil
        }
        guard let id, let section, let says else { return nil }
        if pages.isEmpty { mistakes.report("missing-key", "\(id) stands on no page", at: form.span) }
        guard rows.isEmpty != (reason == nil) else {
            mistakes.report(
                "missing-key", "\(id) needs either `rows` or `not-judged`",
                remedy: "name the rows that judge it, or say why none does", at: form.span)
            return nil
        }
        return Statement(
            id: id, pages: pages, section: section, says: says,
            judged: reason.map { .not(because: $0) } ?? .by(rows))
    }

    // MARK: kills.yaml

    /// `DEFECT: [scenario/check, …]`, turned round.
    func kills(defects: [DefectEntry]) -> [String: String] {
        guard let form = Form(root, what: "the list of kills", mistakes: mistakes) else { return [:] }
        var kills: [String: String] = [:]
        for entry in form.entries {
            guard defects.contains(where: { $0.id == entry.name }) else {
                mistakes.reportUnknown(
                    "unknown-defect", "defect", entry.name, known: defects.map(\.id), at: entry.key.span)
                continue
            }
            for (check, span) in mistakes.words(entry.value, "the checks of `\(entry.name)`") {
                if kills.updateValue(entry.name, forKey: check) != nil {
                    mistakes.report("duplicate-id", "the check `\(check)` stands twice", at: span)
                }
            }
        }
        return kills
    }

    // MARK: words

    private func source(_ entry: (word: String, span: SourceSpan)) -> Requirement.Source? {
        if let source = Requirement.Source(rawValue: entry.word) { return source }
        mistakes.reportUnknown(
            "unknown-source", "source page", entry.word, known: Requirement.Source.allCases.map(\.rawValue),
            at: entry.span)
        return nil
    }

    private func word<Word: RawRepresentable & CaseIterable>(
        _ node: YAMLNode, _ what: String, _ type: Word.Type
    ) -> Word?
    where Word.RawValue == String {
        mistakes.word(node, what, of: Word.allCases.map(\.rawValue)).flatMap { Word(rawValue: $0) }
    }
}

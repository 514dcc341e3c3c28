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
        let vendor = form.required("vendor").flatMap { mistakes.word($0, "`vendor`", of: ["cerner", "epic"]) }
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
        guard let id, let title, let vendor, let edition else { return nil }
        return Profile(
            id: id, title: title, vendor: vendor, edition: edition, sources: sources, mandatory: mandatory,
            engineering: engineering, features: features)
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
        guard let id, let story, let area, let source, let expected else { return nil }
        return DefectEntry(id: id, story: story, area: area, source: source, expected: expected)
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

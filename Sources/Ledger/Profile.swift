// SPDX-License-Identifier: Apache-2.0

/// A frozen set of requirements of one source edition, with its conformance statement.
package struct Profile: Sendable, Hashable {
    /// What a connector that claims the profile must do about a feature.
    package enum Status: String, Sendable, Hashable, CaseIterable { case mandatory, optional, excluded }

    /// Something a connector may or must offer; scenarios name it under `requires`.
    package struct Feature: Sendable, Hashable {
        package let name: String
        package let status: Status

        package init(name: String, status: Status) {
            self.name = name
            self.status = status
        }
    }

    /// What the profile's content was when it was last given a revision.
    package struct Frozen: Sendable, Hashable {
        /// Counts up with every change of content.
        package let revision: Int
        /// Fewer checks of scenarios decided than this, and a run by the profile is incomplete.
        package let minimumChecks: Int
        package let scenarios: [String]
        /// Over everything the profile uses, in hexadecimal (`assay profiles`).
        package let sha256: String

        package init(revision: Int, minimumChecks: Int, scenarios: [String], sha256: String) {
            self.revision = revision
            self.minimumChecks = minimumChecks
            self.scenarios = scenarios
            self.sha256 = sha256
        }
    }

    package let id: String
    package let title: String
    /// `cerner` or `epic`.
    package let vendor: String
    /// Month of the source edition, `2022-06`.
    package let edition: String
    package let sources: [Requirement.Source]
    /// Level M rows: what the edition's pages state.
    package let mandatory: [String]
    /// Level E rows: warnings under `--profile`, failures with `--strict`.
    package let engineering: [String]
    package let features: [Feature]
    /// Rows that an attestation (a person's or a command's word) may close.
    package let attestable: [String]
    /// Sentences of later pages that nothing scores yet; only the opt-in profile `later-additions` has any.
    package let additions: [String]
    /// Nil: never frozen.
    package let frozen: Frozen?

    package init(
        id: String, title: String, vendor: String, edition: String, sources: [Requirement.Source], mandatory: [String],
        engineering: [String], features: [Feature], attestable: [String] = [], additions: [String] = [],
        frozen: Frozen? = nil
    ) {
        self.attestable = attestable
        self.additions = additions
        self.frozen = frozen
        self.id = id
        self.title = title
        self.vendor = vendor
        self.edition = edition
        self.sources = sources
        self.mandatory = mandatory
        self.engineering = engineering
        self.features = features
    }

    /// Everything it judges.
    package var requirements: [String] { mandatory + engineering }

    /// Nil where the profile does not know the feature.
    package func status(of feature: String) -> Status? { features.first { $0.name == feature }?.status }
}

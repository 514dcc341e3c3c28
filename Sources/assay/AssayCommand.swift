// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The command line: prints, parses, exits; everything else lives in the rooms below.
@main struct AssayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assay",
        abstract: "Judge connectors between EHRs (Cerner, Epic) and Microsoft Teams visits.",
        discussion: """
            Assay plays every party around a connector, drives it through scenarios, records every message and judges \
            the record.

            Exit codes: 0 conformant, 1 nonconformant, 2 incomplete, 3 invalid-setup, 4 harness-error, 5 integrity only (verify), 64 misuse.

            Completion for your shell: `assay --generate-completion-script bash` (or zsh, fish).
            """,
        version: SuiteVersion.text,
        subcommands: [
            RunCommand.self, ProveCommand.self, ImportCommand.self, ReplayCommand.self, MinimizeCommand.self,
            ExploreCommand.self,
            ProfilesCommand.self,
            ListCommand.self, LintCommand.self,
            FormatCommand.self, FHIRPathCommand.self, FHIRCommand.self, ScanCommand.self, DoctorCommand.self,
            MockCommand.self, JudgeCommand.self, MergeCommand.self, DiffCommand.self, HistoryCommand.self,
            ExplainCommand.self,
            RequirementsCommand.self,
            SchemaCommand.self, NewCommand.self, KeygenCommand.self, CertifyCommand.self, VerifyCommand.self,
            SuperviseCommand.self, BenchFHIRPathCommand.self, BenchScanCommand.self,
        ])
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Connector

/// `assay supervise`: keeps a connector's process group, and ends it when the harness goes away.
struct SuperviseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise", abstract: "Run a command that must not outlive the harness (used by assay itself).",
        shouldDisplay: false)

    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [String] = []

    func run() throws {
        throw ExitCode(Supervisor.main(command))
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// `assay new`: a file to begin with, without mistakes.
struct NewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Write a scenario or deployment file to begin with.",
        discussion: "An existing file is never overwritten. Exit codes: 0, 3 the file cannot be written, 64 misuse.")

    @Argument(help: "scenario or deployment.")
    var kind: FileKind

    @Option(help: "Where to write it (default: standard output).")
    var out: String?

    func run() throws {
        let text = kind == .scenario ? FileTemplate.scenario : FileTemplate.deployment
        guard let out else {
            Console.print(text)
            return
        }
        do {
            try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: out), options: .withoutOverwriting)
        } catch CocoaError.fileWriteFileExists {
            Console.error("\(out) exists already.\n  = Name a file that does not exist yet.")
            throw ExitCode(3)
        } catch {
            Console.error("\(out) cannot be written: \(error.localizedDescription)")
            throw ExitCode(3)
        }
        Console.print(
            "\(out) written; next: assay lint \(out)\(kind == .scenario ? "" : ", then assay doctor --deployment \(out)")"
        )
    }
}

/// The texts of `assay new`.
enum FileTemplate {
    static let scenario = """
        # A scenario: one world, steps, and the requirements its checks verify (docs/scenario-language.md).
        # `assay lint FILE` finds every mistake; `assay run FILE` runs it against the reference connector.
        id: my-first-scenario
        title: A booked visit is told to the patient by mail, and the link leads into the meeting
        profiles: [cerner-2022-06]
        verifies:                        # requirement: its checks (`assay list requirements`)
          EML-01: [mail-sent, link-leads-to-the-meeting]
        world:
          organization: {ehr: cerner}
          people: {ada: administrator, dr-ruiz: provider, ann: patient}
          appointments: {visit: {patient: ann, provider: dr-ruiz, starts: +3h}}
        steps:
          - do: cerner-ready             # a procedure: ada configures the connector
          - ehr books: visit
          - expect: mail.sent            # an event of docs/events.md
            to: ann
            within: 2m
            as: mail-sent
            capture: {link: links.first()}
          - set: {clock: visit.start}    # time is the scenario's: nothing waits
          - dr-ruiz launches: visit
            outcome: meeting
          - ann opens: $(link)
            outcome: meeting
            as: link-leads-to-the-meeting
        """

    static let deployment = """
        # How Assay reaches, registers, drives and observes one connector (docs/connecting-a-connector.md).
        # `assay doctor --deployment FILE` checks it before anything is judged.
        id: my-connector
        title: My connector
        reach:
          # Either a command that prints {"event":"ready","url":"http://127.0.0.1:PORT"} when it is ready …
          command: [./start-my-connector, --port, "0", --data, $(data)]
          environment:
            ENTRA_URL: $(mocks.microsoft)
            GRAPH_URL: $(mocks.microsoft)
            HTTP_PROXY: $(mocks.egress)
          ready: json-line
          # … or, instead of all that, one that runs already:
          # url: http://127.0.0.1:8080
        registrations:                   # what the mocks know of it; real secrets are written $(env.NAME)
          cerner:
            client-id: 00000000-0000-0000-0000-000000000001
            client-secret: synthetic-cerner-secret
            authentication: basic
            redirect-uris: ["$(connector)/callback"]
          entra:
            client-id: 00000000-0000-0000-0000-000000000002
            client-secret: synthetic-entra-secret
            redirect-uris: ["$(connector)/signed-in"]
            application-permissions: [OnlineMeetings.ReadWrite.All, VirtualAppointment.Read.All, User.Read.All]
        claims:                          # what is claimed is judged (`assay explain cerner-2022-06`)
          profiles: [cerner-2022-06]
          regions: [americas]
          features: {sms: false, email: true}
        clock:
          mode: virtual
          scope: tenant
          read: {request: {url: "$(connector)/clock?tenant=$(tenant)"}}
          advance: {request: {method: POST, url: "$(connector)/clock", json: {tenant: $(tenant), to: $(to)}}}
        egress: proxy
        evidence:                        # where people's data is searched for
          - {id: log, kind: stderr, control: ehr-user-id}
          - {id: files, kind: folder, path: $(data)}
        bindings:                        # one per operation; `assay doctor` names those a profile needs
          sign-in:
            steps: [{open: "$(connector)/portal"}]
            accepted: "//*[@id='menu']"
            refused: "//*[@role='alert']"
            message: "string(//*[@role='alert'])"
          add-base-url:
            steps:
              - open: "$(connector)/portal/bases"
              - submit: {form: "//form[1]", fields: {url: $(base-url), environment: $(environment)}}
            accepted: "//*[@id='saved']"
            refused: "//*[@role='alert']"
            message: "string(//*[@role='alert'])"
          ehr.notify:
            steps:
              - request: {url: "$(connector)/hooks/ehr", json: {base: $(base-url), appointment: $(appointment), change: $(change)}}
        """
}

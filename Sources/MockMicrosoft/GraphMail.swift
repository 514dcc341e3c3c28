// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// `sendMail`: accepted mail goes nowhere but into the trace.
extension Graph {
    func sendMail(from person: Person) -> MockResponse {
        guard may(application: ["Mail.Send"], delegated: ["Mail.Send", "Mail.Send.Shared"]),
            caller.isApplication || caller.alias == person.alias || caller.has(["Mail.Send.Shared"])
        else { return refuse(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.") }
        let body = request.json
        guard let message = body?["message"] ?? body?["Message"] else {
            return refuse(400, "ErrorInvalidParameter", "The parameter 'Message' is missing.")
        }
        let recipients = ["toRecipients", "ccRecipients", "bccRecipients"].flatMap { message[$0]?.array ?? [] }
            .compactMap { $0["emailAddress"]?["address"]?.string }
        guard !recipients.isEmpty else {
            return refuse(400, "ErrorInvalidRecipients", "At least one recipient is not valid.")
        }
        let text = message["body"]?["content"]?.string ?? ""
        for recipient in recipients {
            world.record(
                "mail.sent", by: .graph, exchange: request.exchange,
                [
                    "to": Value(world.person(mail: recipient)?.alias),
                    "from": .string(person.directory?[.principalName] ?? ""),
                    "subject": .string(message["subject"]?.string ?? ""), "text": .string(text),
                    "links": .array(WebLinks.scan(text).map { .string($0) }),
                ])
        }
        return nothing(202)
    }
}

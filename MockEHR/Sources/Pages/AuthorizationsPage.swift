// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// Where users see which applications they let in, and shut them out again (facts 5.3.1, user management).
extension EHRBase {
    func authorizations(_ request: MockRequest) -> MockResponse {
        guard let session = session(of: request) else { return signInPage(returningTo: request.path) }
        let alias = session.person.alias
        if request.method == "POST" {
            guard let client = request.formFields["client"] else {
                return page("Not possible", "The form names no application.", status: 400)
            }
            for code in codes.values where code.person.alias == alias && code.request.client == client {
                for token in code.issued ?? [] { revoke(token: token) }
            }
            codes = codes.filter { $0.value.person.alias != alias || $0.value.request.client != client }
            return .redirect(to: origin + request.path, status: 303, world: model.id, party: .ehr)
        }
        let clients = Set(codes.values.filter { $0.person.alias == alias && $0.issued != nil }.map(\.request.client))
        let rows = clients.sorted().map { client in
            HTML.element(
                "li", [:],
                [
                    HTML(client + " "),
                    .form(
                        id: "revoke-" + client, action: request.path,
                        [
                            .hidden("client", client),
                            .element("button", ["type": "submit"], [HTML("Remove access of \(client)")]),
                        ]),
                ])
        }
        let list: HTML =
            rows.isEmpty
            ? .element("p", ["id": "none"], ["No application has access."])
            : .element("ul", ["id": "authorizations"], rows)
        return .html(HTMLPage(title: "Applications with access", body: [list]), world: model.id, party: .ehr)
    }
}

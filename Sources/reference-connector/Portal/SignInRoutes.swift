// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Signing in with a Microsoft work account, for the portal and for launches.
struct SignInRoutes: Sendable {
    let services: Services

    func register(_ routes: Routes) {
        routes.get("/auth/sign-in") { request in
            let wanted = request.query["return"]
            let isPath = services.behaviour.has(.hostTakenForPath) && wanted?.hasPrefix("/") == true
            let isAnywhere = services.behaviour.has(.openRedirect) || isPath
            return try await begin(request, returnTo: isAnywhere ? wanted ?? "/portal" : Self.local(wanted))
        }
        routes.get("/auth/microsoft/callback") { try await callback($0) }
        routes.post("/auth/sign-out") { request in
            if let id = request.cookies[Cookies.session] { await services.sessions.end(id) }
            let body = "<p id=\"signed-out\" role=\"status\">You have signed out.</p>"
            return Page(title: "Signed out", body: body).reply().setting(cookie: services.cookies.endSession())
        }
    }

    /// Only paths of this connector are returned to.
    private static func local(_ path: String?) -> String {
        guard let path, path.hasPrefix("/"), !path.hasPrefix("//"), !path.contains("\\"), !path.contains("\r"),
            !path.contains("\n")
        else { return "/portal" }
        return path
    }

    private func begin(_ request: Inbound, returnTo: String) async throws -> Reply {
        let known = await services.sessions.session(request.cookies[Cookies.session])
        let browser = request.cookies[Cookies.browser] ?? Secret.token()
        let flow = Flow(kind: .microsoft(returnTo: returnTo), browser: browser)
        let state = await services.sessions.begin(flow)
        let url = try await services.entra.authorizeURL(
            redirect: services.paths.microsoftCallback, state: state, nonce: flow.nonce, verifier: flow.verifier,
            again: known?.identity != nil)
        return Reply.redirect(url).setting(cookie: services.cookies.browser(browser))
    }

    private func callback(_ request: Inbound) async throws -> Reply {
        let answer = "answer " + (request.query["state"] ?? "")
        if let path = await services.sessions.remembered(answer) {
            return .redirect(await services.sessions.remembered(path) ?? services.paths.url(path))
        }
        let flow = try await services.sessions.take(
            request.query["state"] ?? "", browser: request.cookies[Cookies.browser])
        guard case .microsoft(let returnTo) = flow.kind else {
            throw Refusal(400, "state-invalid", "This answer belongs to another sign-in. Start again.")
        }
        guard let code = request.query["code"], request.query["error"] == nil else {
            throw Refusal(403, "microsoft-sign-in-failed", "The Microsoft sign-in was not completed. Start again.")
        }
        let identity = try await services.entra.redeem(
            code: code, redirect: services.paths.microsoftCallback, nonce: flow.nonce, verifier: flow.verifier)
        let old = await services.sessions.session(request.cookies[Cookies.session])
        let session = await services.sessions.signIn(identity, replacing: old)
        await services.sessions.remember(answer, returnTo, by: .answersRemembered)
        services.log.event("signed in to Microsoft", tenant: identity.tenant, request: request.id)
        // What is no path of ours comes this far with the deliberate fault only.
        let isOurs = Self.local(returnTo) == returnTo
        return Reply.redirect(isOurs ? services.paths.url(returnTo) : returnTo)
            .setting(cookie: services.cookies.session(session.id))
    }
}

extension Services {
    /// Sends the browser to the Microsoft sign-in and back to `path`.
    func signIn(returnTo path: String) -> Reply {
        .redirect(paths.url("/auth/sign-in?return=" + Text.percentEncoded(path)))
    }
}

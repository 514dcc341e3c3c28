// SPDX-License-Identifier: Apache-2.0

import World

/// What a path of the EHR listener is for.
enum Route: Sendable, Hashable {
    case fhir
    /// The same for patients alone, and for anybody to read.
    case patientFHIR, openFHIR
    /// With the persona where the vendor's path names one.
    case authorize(Role?)
    case token, revocation, introspection, jwks, openID, writeback
    case entry(LaunchEntry)
    case launch(LaunchEntry)
    case signIn, consent
    /// How the EHR looks, for applications that want to look alike (SMART `smart_style_url`).
    case style
    /// Where a user sees which applications have a grant, and takes it back.
    case authorizations
    /// A path that the vendor does not have.
    case unknown
}

/// A path with one segment for the tenant.
struct RouteTemplate: Sendable {
    let segments: [String]
    let route: Route
    /// True: further segments may follow.
    let isPrefix: Bool

    /// `template` is an absolute path; `{tenant}` stands for the tenant, a final `**` for any rest.
    init(_ template: String, _ route: Route) {
        var segments = template.split(separator: "/").map(String.init)
        isPrefix = segments.last == "**"
        if isPrefix { segments.removeLast() }
        self.segments = segments
        self.route = route
    }

    /// The segments after the template where the path fits; nil otherwise.
    func rest(of path: [String], tenant: String) -> [String]? {
        guard path.count == segments.count || (isPrefix && path.count > segments.count) else { return nil }
        for (have, want) in zip(path, segments) where have != (want == "{tenant}" ? tenant : want) { return nil }
        return Array(path.dropFirst(segments.count))
    }

    /// The routes that are the harness's own and the same for everybody.
    static func own(_ entries: [LaunchEntry]) -> [RouteTemplate] {
        entries.flatMap { entry in
            [
                RouteTemplate("/{tenant}/\(entry.rawValue)", .entry(entry)),
                RouteTemplate("/{tenant}/\(entry.rawValue)/launch", .launch(entry)),
            ]
        } + [
            RouteTemplate("/{tenant}/sign-in", .signIn), RouteTemplate("/{tenant}/consent", .consent),
            RouteTemplate("/{tenant}/smart-style.json", .style),
        ]
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Cookies of this connector. Behind TLS they are Secure; the launch cookie is then also usable inside the EHR's frame.
struct Cookies: Sendable {
    /// True where the public address is https.
    let secure: Bool

    static let session = "connector_session"
    static let browser = "connector_browser"
    /// The variant's names for the two.
    static let others = ["sid": session, "flow": browser]

    /// The signed-in session: never sent along with cross-site posts.
    func session(_ value: String) -> String {
        "\(Self.session)=\(value); Path=/; HttpOnly; SameSite=\(secure ? "None; Secure" : "Lax"); Max-Age=28800"
    }

    func endSession() -> String {
        "\(Self.session)=; Path=/; HttpOnly; SameSite=\(secure ? "None; Secure" : "Lax"); Max-Age=0"
    }

    /// Binds the answers of sign-ins to the browser that began them, also when the EHR frames the launch.
    func browser(_ value: String) -> String {
        let site = secure ? "None; Secure; Partitioned" : "Lax"
        return "\(Self.browser)=\(value); Path=/; HttpOnly; SameSite=\(site); Max-Age=900"
    }
}

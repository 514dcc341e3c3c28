// SPDX-License-Identifier: Apache-2.0

import MockKit
import Value

/// An address of a meeting, as a browser opens it (wire-protocols 2.2 and 2.3).
struct JoinAddress {
    /// How the address lets people in.
    enum Way: String { case browser, app }

    let thread: String
    let tenant: String?
    let way: Way
    /// The address of virtual appointments: nobody is asked for an account.
    let isVisit: Bool
    /// Nothing in the address skips the camera and microphone test.
    let hasDeviceTest: Bool

    /// Nil for a path that is no join address.
    init?(path: [String], query: Form) {
        switch path.first {
        case "l" where path.count >= 3 && path[1] == "meetup-join":
            thread = path[2]
            let context = query["context"].flatMap { try? Value.parseJSON($0) }
            tenant = context?["Tid"]?.string
            isVisit = false
        case "webrtc-svc" where path == ["webrtc-svc", "api", "route"]:
            guard let conversation = query["convId"] else { return nil }
            thread = conversation
            tenant = query["tid"]
            isVisit = true
        default: return nil
        }
        func isSet(_ name: String) -> Bool {
            query.fields.contains { $0.name.lowercased() == name && !["false", "0"].contains($0.value.lowercased()) }
        }
        way = isSet("directdl") || isSet("apponly") ? .app : .browser
        hasDeviceTest = !(isSet("skipdevicetest") || (isSet("anon") && isSet("suppressprompt")))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The deliberate faults and differences that lie in an answer's headers.
struct HeaderFaults: Sendable {
    let behaviour: Behaviour

    /// The deliberate fault of an access log with whole addresses.
    var logsAddresses: Bool { behaviour.has(.accessLogWithCodes) }

    /// The deliberate fault of addresses that are too long for it.
    var breaksOnLongAddresses: Bool { behaviour.has(.longAddressBreaks) }

    func applied(to reply: Reply) -> Reply {
        var reply = reply
        if behaviour.has(.otherCookies) {
            for (name, usual) in Cookies.others {
                reply.headers = reply.headers.map {
                    ($0.0, $0.1.replacingOccurrences(of: usual + "=", with: name + "="))
                }
            }
            if reply.headers.contains(where: { $0.1.hasPrefix("text/html") }) {
                reply.headers.append(("Set-Cookie", "lang=en; Path=/; SameSite=Lax"))
            }
            // As a server answers before the application is asked.
            if [400, 404].contains(reply.status) {
                reply.headers.removeAll { $0.0 != "Content-Type" && $0.0 != "Set-Cookie" }
            }
        }
        if behaviour.has(.cookieReadable) {
            reply.headers = reply.headers.map { ($0.0, $0.1.replacingOccurrences(of: "; HttpOnly", with: "")) }
        }
        if behaviour.has(.pagesFramedByAnybody) {
            reply.headers.removeAll { $0.0 == "X-Frame-Options" }
            reply.headers = reply.headers.map {
                ($0.0, $0.1.replacingOccurrences(of: "frame-ancestors 'none'", with: ""))
            }
        }
        if behaviour.has(.referrerPassedOn) {
            reply.headers = reply.headers.map { $0.0 == "Referrer-Policy" ? ($0.0, "unsafe-url") : $0 }
        }
        if behaviour.has(.endPageFromElsewhere), reply.status == 410 {
            let image = "<img src=\"https://images.example.org/banner.png\" alt=\"\"></main>"
            let page = String(decoding: reply.body, as: UTF8.self).replacingOccurrences(of: "</main>", with: image)
            reply.body = Data(page.utf8)
        }
        return reply
    }
}

// SPDX-License-Identifier: Apache-2.0

import MockKit

/// What Teams shows in a browser.
enum TeamsPages {
    /// The join page. `action` is where joining posts to.
    static func join(_ address: JoinAddress, account: Account, action: String) -> HTMLPage {
        guard address.way == .browser else {
            return HTMLPage(
                title: "Join your Teams meeting",
                body: [.element("p", ["id": "app-required"], ["Open Microsoft Teams to join this meeting."])])
        }
        var fields: [HTML] = []
        if account == .anonymous {
            fields.append(
                .element(
                    "label", [:],
                    ["Your name ", .element("input", ["type": "text", "name": "name", "value": "Guest"])]))
        }
        fields.append(
            .element(
                "button", ["type": "submit", "name": "way", "value": "browser"],
                [
                    HTML(address.isVisit ? "Join now" : "Continue on this browser")
                ]))
        var body: [HTML] = []
        if address.hasDeviceTest {
            body.append(
                .element(
                    "section", ["id": "device-test", "aria-label": "Device test"],
                    [
                        .element("h2", [:], ["Check your camera and microphone"]),
                        .element(
                            "label", [:], [.element("input", ["type": "checkbox", "name": "camera"]), " Camera"]),
                        .element(
                            "label", [:],
                            [.element("input", ["type": "checkbox", "name": "microphone"]), " Microphone"]),
                    ]))
        }
        body.append(.form(id: "assay-join", action: action, data: ["data-account": account.rawValue], fields))
        return HTMLPage(
            title: address.isVisit ? "Join your virtual appointment" : "Join your Teams meeting", body: body)
    }

    static let lobby = HTMLPage(
        title: "Waiting",
        body: [
            .element(
                "section", ["id": "lobby"], [.element("p", [:], ["Someone will let you in when the meeting starts."])])
        ])

    static let meeting = HTMLPage(
        title: "In the meeting",
        body: [.element("section", ["id": "meeting"], [.element("p", [:], ["You are in the meeting."])])])

    static let unknown = HTMLPage(
        title: "Meeting not found",
        body: [
            .element(
                "p", ["role": "alert", "id": "assay-error"], ["We couldn't find a meeting matching this address."])
        ])
}

// SPDX-License-Identifier: Apache-2.0

/// Wording that the variant `other-wording` exchanges.
struct Words: Sendable {
    let portal: String
    let tooEarly: String
    let ended: String
    let cancelled: String
    let unknownLink: String
    let mailSubject: String
    let mailIntroduction: String
    let mailClosing: String
    let noTeams: String
    let notValid: String

    init(behaviour: Behaviour) {
        if behaviour.has(.otherWording) {
            portal = "Telehealth set-up"
            tooEarly = "Please come back later."
            ended = "That visit is over."
            cancelled = "Visit cancelled."
            unknownLink = "Link expired."
            noTeams = "Microsoft Teams is not enabled for your account. Ask your administrator."
            notValid = "FHIR URL isn't valid"
            mailSubject = "Information on your online appointment"
            mailIntroduction = "Please open this address when it is time"
            mailClosing = "Help: https://clinic.example.net/help\r\nPrivacy: https://clinic.example.net/privacy\r\n"
        } else {
            portal = "EHR connector"
            tooEarly = "It is too early for this visit. The link works from 30 minutes before the start."
            ended = "This visit is over, and its link with it."
            cancelled = "This visit was cancelled. Contact your provider's office to book another one."
            unknownLink = "This link leads to no visit. Use the link of the latest message you received."
            mailSubject = "Your virtual visit"
            mailIntroduction = "Join your virtual visit with this link"
            mailClosing = ""
            noTeams =
                "This account has no licence that includes Teams meetings. Ask your licence administrator for one."
            notValid = "The server at this base URL answers with no FHIR document. Check the address."
        }
    }
}

extension Services {
    var words: Words { Words(behaviour: behaviour) }
}

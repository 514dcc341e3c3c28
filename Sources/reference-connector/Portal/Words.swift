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

    init(behaviour: Behaviour) {
        if behaviour.has(.otherWording) {
            portal = "Telehealth set-up"
            tooEarly = "You are a little ahead of time. Please come back half an hour before the visit begins."
            ended = "That visit has been over for a while, so this address has been closed."
            cancelled = "That visit will not take place. Please call the practice if this surprises you."
            unknownLink = "We cannot find a visit for this address. Please use the newest message you were sent."
            mailSubject = "Information on your online appointment"
            mailIntroduction = "Please open this address when it is time"
        } else {
            portal = "EHR connector"
            tooEarly = "It is too early for this visit. The link works from 30 minutes before the start."
            ended = "This visit is over, and its link with it."
            cancelled = "This visit was cancelled. Contact your provider's office to book another one."
            unknownLink = "This link leads to no visit. Use the link of the latest message you received."
            mailSubject = "Your virtual visit"
            mailIntroduction = "Join your virtual visit with this link"
        }
    }
}

extension Services {
    var words: Words { Words(behaviour: behaviour) }
}

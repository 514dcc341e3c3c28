// SPDX-License-Identifier: Apache-2.0

/// Something that was done in a record, told without anybody's data: people and appointments have the names that the
/// imported scenario gives them.
struct Happening: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// `start` in seconds from the world's start.
        case booked(String, patient: String, start: Int)
        case moved(String, start: Int)
        case cancelled(String)
        case launched(String, by: String, isPatient: Bool)
        /// The link to a visit that a message brought: `sms.sent` or `mail.sent`.
        case opened(String, by: String, message: String)
        case admitted(String, to: String)
        case left(String, visit: String?)
        case ended(visit: String?)
        case operation(String, by: String, arguments: [TextNode.Entry])
        /// The world was set: what stands behind `set`.
        case set(TextNode)
        case fault(TextNode)
        /// The party in trouble asked the connector to come back after so many seconds.
        case toldToWait(Int, place: String)
        /// Something that cannot be told changed who gets messages.
        case doubt
        /// Anything else that is a step as it stands.
        case step(TextNode, needsProcess: Bool)

        /// Older records and captures name the path of Epic's web service or of Azure's gateway; scenarios name what they
        /// are for, whatever the channel.
        static func trouble(_ fault: TextNode) -> Self {
            let channels = [
                "ehr": ("/SetExternalConnectionStatus", "writeback"), "sms": ("/sms", "text-messages"),
            ]
            guard let (end, channel) = fault["place"]?.string.flatMap({ channels[$0] }),
                fault["path"]?.string?.hasSuffix(end) == true
            else { return .fault(fault) }
            var fault = fault
            fault["place"] = .text(channel)
            fault["path"] = nil
            fault["method"] = nil
            return .fault(fault)
        }
    }

    /// Seconds from the world's start, on its clock.
    let at: Int
    let kind: Kind
}

/// What was read out of a record, and what of it could not be told as a happening.
struct Story: Sendable {
    var vendor: String
    var happenings: [Happening] = []
    var unmapped: [String] = []
    /// Text messages were set up.
    var hasTexts = false
    /// Administrators set the connector up: what the suite's procedure does again.
    var isSetUp = false
    /// What was recognised as somebody's and replaced, by kind.
    var replaced: [String: Int] = [:]
    /// The role of everybody, by the name the imported scenario gives them.
    var people: [String: String] = [:]
    /// Languages of those who do not have the usual one.
    var locales: [String: String] = [:]
}

/// Gives people and appointments of a record the names an imported scenario has for them.
struct NewNames: Sendable {
    private(set) var people: [String: String] = [:]
    private(set) var visits: [String: String] = [:]
    /// By new name.
    private(set) var roles: [String: String] = [:]
    private var used: [String: Int] = [:]

    private static let lists: [String: [String]] = [
        "patient": ["ann", "bea", "cleo", "dan", "eve", "fay", "gus", "hal"],
        "provider": ["dr-ruiz", "dr-lee", "dr-okafor", "dr-sato"], "administrator": ["ada", "abe"],
        "approver": ["eli", "eva"], "staff": ["bot", "sam", "sue"], "report-reader": ["rita"],
    ]
    private static let visitNames = ["visit", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"]

    /// The name of somebody in that role; the same person gets the same one.
    mutating func person(_ alias: String, role: String) -> String {
        if let known = people[alias] { return known }
        let role = Self.lists[role] == nil ? "staff" : role
        let list = Self.lists[role] ?? []
        let index = used[role, default: 0]
        used[role] = index + 1
        let name = index < list.count ? list[index] : "\(list.first ?? role)-\(index + 1)"
        people[alias] = name
        roles[name] = role
        return name
    }

    mutating func visit(_ alias: String) -> String {
        if let known = visits[alias] { return known }
        let name = visits.count < Self.visitNames.count ? Self.visitNames[visits.count] : "visit-\(visits.count + 1)"
        visits[alias] = name
        return name
    }

    /// A text in which every known name stands for itself: `visit.start - 5m`, `person: ann`.
    func renamed(_ node: TextNode) -> TextNode {
        let all = people.merging(visits) { first, _ in first }
        return node.mapped { text in
            var result = ""
            var word = ""
            for character in text + " " {
                if character.isLetter || character.isNumber || character == "-" {
                    word.append(character)
                } else {
                    result += all[word] ?? word
                    word = ""
                    result.append(character)
                }
            }
            return String(result.dropLast())
        }
    }
}

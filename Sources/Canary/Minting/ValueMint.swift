// SPDX-License-Identifier: Apache-2.0

internal import World

/// Makes single values and remembers the identifying parts given out in this world.
struct ValueMint: Sendable {
    private var phones: PhoneBook
    private var used = Set<String>()

    init(phones: PhoneBook) { self.phones = phones }

    /// Draws until the part that `key` names is new. The spaces are far larger than a world; the bound only keeps a
    /// world of
    /// hundreds of people from looping for ever over the 762 test addresses.
    private mutating func unique(_ key: (String) -> String, _ draw: () -> String) -> String {
        var value = draw()
        var attempts = 0
        while !used.insert(key(value)).inserted, attempts < 10_000 {
            value = draw()
            attempts += 1
        }
        return value
    }

    mutating func phone() -> String { phones.next() }

    mutating func givenName(_ script: NameScript, _ stream: inout RandomStream) -> String {
        // An apostrophe belongs to family names only.
        let script = script == .apostrophe ? .latin : script
        return unique({ $0.lowercased() }) { InventedWord.name(8, in: script, from: &stream) }
    }

    mutating func familyName(_ script: NameScript, _ stream: inout RandomStream) -> String {
        unique({ $0.lowercased() }) { InventedWord.name(10, in: script, from: &stream) }
    }

    /// Given and family name of their own, parted by a space.
    mutating func displayName(_ script: NameScript, _ stream: inout RandomStream) -> String {
        givenName(script, &stream) + " " + familyName(script, &stream)
    }

    /// ISO date of an adult; day 13 to 28, so that day and month cannot be confused, year and month unique.
    mutating func birthDate(_ stream: inout RandomStream) -> String {
        unique({ "month" + $0.prefix(7) }) {
            let year = Int.random(in: 1936...2004, using: &stream)
            let month = Int.random(in: 1...12, using: &stream)
            let day = Int.random(in: 13...28, using: &stream)
            return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day)"
        }
    }

    mutating func email(domain: String, _ stream: inout RandomStream) -> String {
        unique({ $0 }) { InventedWord.account(9, from: &stream) + "." + stream.digits(3) + "@" + domain }
    }

    mutating func street(_ stream: inout RandomStream) -> String {
        unique({ "street" + $0.drop { $0.isNumber } }) {
            stream.digits(4) + " " + InventedWord.name(10, from: &stream) + " Street"
        }
    }

    mutating func city(_ stream: inout RandomStream) -> String {
        unique({ $0.lowercased() }) { InventedWord.name(10, from: &stream) }
    }

    /// ZIP+4 whose first five digits are unique in the world.
    mutating func postalCode(_ stream: inout RandomStream) -> String {
        unique({ "zip" + $0.prefix(5) }) { stream.digits(5) + "-" + stream.digits(4) }
    }

    /// 900 to 999 is never a social security number, 00 to 49 in the middle never a taxpayer number; the last four are
    /// unique
    /// and not those of a telephone number.
    mutating func socialSecurityNumber(_ stream: inout RandomStream) -> String {
        unique({ "ssn" + $0.suffix(4) }) {
            "9" + stream.token(2, from: "0123456789") + "-" + stream.token(1, from: "01234")
                + stream.token(1, from: "0123456789") + "-" + stream.digits(4)
        }
    }

    /// Digits with unique last six. The first digit keeps away from Unix times.
    mutating func number(_ count: Int, firstFrom: String, _ stream: inout RandomStream) -> String {
        unique({ "tail" + $0.suffix(6) }) {
            stream.token(1, from: firstFrom) + stream.token(count - 1, from: "0123456789")
        }
    }

    mutating func prefixed(_ prefix: String, digits: Int, _ stream: inout RandomStream) -> String {
        unique({ "tail" + $0.suffix(6) }) { prefix + stream.digits(digits) }
    }

    /// Capital letters and digits without those that look alike.
    mutating func code(_ count: Int, _ stream: inout RandomStream) -> String {
        unique({ $0 }) { stream.token(count, from: "ABCDEFGHJKLMNPQRSTUVWXYZ23456789") }
    }

    /// Seventeen characters of ISO 3779's alphabet.
    mutating func vehicleIdentifier(_ stream: inout RandomStream) -> String {
        unique({ $0 }) { stream.token(17, from: "ABCDEFGHJKLMNPRSTUVWXYZ0123456789") }
    }

    /// An address of the three documentation networks (RFC 5737).
    mutating func address(_ stream: inout RandomStream) -> String {
        unique({ $0 }) {
            let network = ["192.0.2.", "198.51.100.", "203.0.113."][Int(stream.next() % 3)]
            return network + String(Int.random(in: 100...254, using: &stream))
        }
    }

    mutating func clinicalText(_ stream: inout RandomStream) -> String {
        unique({ $0 }) {
            let complaint = InventedWord.lower(11, from: &stream)
            let history = InventedWord.lower(11, from: &stream)
            return "Ongoing \(complaint) since Tuesday, earlier \(history)"
        }
    }

    /// Cerner: digits; Epic: opaque, like `eXbMln3hu0PfFrpv2HgVHyg3`.
    mutating func fhirID(_ vendor: Vendor, _ stream: inout RandomStream) -> String {
        switch vendor {
        case .cerner: number(9, firstFrom: "56789", &stream)
        case .epic: unique({ $0 }) { "e" + stream.token(22) + "3" }
        }
    }

    mutating func ehrUserID(_ vendor: Vendor, _ stream: inout RandomStream) -> String {
        switch vendor {
        case .cerner: number(10, firstFrom: "56789", &stream)
        case .epic: prefixed("EMP", digits: 9, &stream)
        }
    }

    mutating func userName(_ stream: inout RandomStream) -> String {
        unique({ $0 }) { InventedWord.account(9, from: &stream) + stream.digits(3) }
    }

    mutating func password(_ stream: inout RandomStream) -> String {
        unique({ $0 }) { "Pw!" + stream.token(17) }
    }
}

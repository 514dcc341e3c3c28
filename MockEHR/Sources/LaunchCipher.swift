// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation
import World

/// How an FDI record encrypts the query string of a launch, as older telehealth vendors have it (facts 5.4.5).
package struct LaunchEncryption: Sendable, Hashable {
    /// Sixteen characters, shared with the vendor.
    package let key: String
    /// Minutes a link is good for after the appointment's time; 0: for ever.
    package let validity: Int
    /// The configured time zone of the EHR's server, in which the appointment's time is written: an IANA name.
    package let zone: String

    package init(key: String, validity: Int = 60, zone: String = "UTC") {
        self.key = key
        self.validity = validity
        self.zone = zone
    }

    /// The value of `extData`: AES-128-CBC with a zero IV and PKCS#7, in Base64. Nil for keys AES cannot take.
    package func encrypted(_ plain: String) -> String? {
        let derived = SymmetricKey(data: Self.derivedKey(key))
        guard let iv = try? AES._CBC.IV(ivBytes: [UInt8](repeating: 0, count: 16)) else { return nil }
        return try? AES._CBC.encrypt(Data(plain.utf8), using: derived, iv: iv).base64EncodedString()
    }

    /// SHA-1 of the key, mixed into blocks of 0x36 and 0x5C; the first 16 bytes of both blocks' SHA-1.
    package static func derivedKey(_ key: String) -> [UInt8] {
        let digest = Array(Insecure.SHA1.hash(data: Data(key.utf8)))
        let parts = [UInt8(0x36), 0x5C].map { filling in
            Insecure.SHA1.hash(data: (0..<64).map { $0 < digest.count ? digest[$0] ^ filling : filling })
        }
        return Array(parts.flatMap { Array($0) }.prefix(16))
    }

    /// `08/11/2020 02:00 PM`, in the server's time zone.
    func time(_ instant: Instant) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: zone) ?? TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "MM/dd/yyyy hh:mm a"
        return formatter.string(from: instant.date)
    }
}

extension EHRBase {
    /// The plain text behind `%ENCRYPTED_DATA%`: names and times as published integrations read them.
    func launchData(
        for booked: BookedAppointment, by person: Person, _ encryption: LaunchEncryption
    ) -> String {
        let fields = [
            ("SessionID", booked.plan.csn), ("ConferenceID", booked.plan.csn), ("ExternalID", person.ehr[.ehrUserID]),
            ("ExternalIDType", person.role == .patient ? "2" : "1"), ("FirstName", person.ehr[.givenName]),
            ("LastName", person.ehr[.familyName]), ("AppointmentTime", encryption.time(booked.start)),
            ("LinkValidityPeriod", String(encryption.validity)), ("Timestamp", String(wireSeconds)),
        ]
        return fields.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }
}

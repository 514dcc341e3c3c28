// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation

/// Reads what an encrypted launch carries, as the vendor at the other end does.
enum LaunchText {
    static func decrypted(_ data: Data, key: [UInt8]) throws -> String {
        let iv = try AES._CBC.IV(ivBytes: [UInt8](repeating: 0, count: 16))
        let plain = try AES._CBC.decrypt(data, using: SymmetricKey(data: key), iv: iv)
        return String(decoding: plain, as: UTF8.self)
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Foundation
import SwiftASN1
import X509

extension EntraRegistration {
    /// The certificate (DER) of its PEM text; nil where that is none.
    package static func certificate(pem text: String) -> Data? {
        guard let document = try? PEMDocument(pemString: text), (try? Certificate(pemDocument: document)) != nil
        else { return nil }
        return Data(document.derBytes)
    }
}

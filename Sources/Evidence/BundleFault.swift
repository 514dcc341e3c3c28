// SPDX-License-Identifier: Apache-2.0

/// Something in a bundle that is not as it was sealed, or that does not follow from the record.
package struct BundleFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file, relative to the bundle.
    package let file: String
    package let message: String

    package init(_ file: String, _ message: String) {
        self.file = file
        self.message = message
    }

    package var description: String { "\(file): \(message)" }
}

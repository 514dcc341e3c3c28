// SPDX-License-Identifier: Apache-2.0

import Foundation
import Value

/// The value of Location's parameter `near`: `latitude|longitude|distance|unit` (FHIR R4, Location, 8.7.5).
///
/// R4 leaves distance and unit to the server where they are not given: here 50 km, and kilometres [eng].
struct Nearness {
    let latitude: Double
    let longitude: Double
    /// In metres.
    let distance: Double

    /// Metres of the units that can be said (UCUM).
    private static let units: [String: Double] = ["km": 1000, "m": 1, "[mi_us]": 1609.347_218_694, "[mi_i]": 1609.344]

    /// Nil where the text is no such place.
    init?(_ text: String) {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard (2...4).contains(parts.count), let latitude = Double(parts[0]), let longitude = Double(parts[1]),
            (-90...90).contains(latitude), (-180...180).contains(longitude)
        else { return nil }
        let number = parts.count > 2 && !parts[2].isEmpty ? Double(parts[2]) : 50
        let unit = Self.units[parts.count > 3 && !parts[3].isEmpty ? parts[3] : "km"]
        guard let number, number >= 0, number.isFinite, let unit else { return nil }
        self.latitude = latitude
        self.longitude = longitude
        distance = number * unit
    }

    /// Whether a Location's `position` lies within the distance, on a sphere of the earth's mean radius.
    func holds(_ position: Value) -> Bool {
        guard let latitude = position["latitude"]?.scalarText.flatMap(Double.init),
            let longitude = position["longitude"]?.scalarText.flatMap(Double.init)
        else { return false }
        func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }
        let halfAcross = sin(radians(latitude - self.latitude) / 2)
        let halfAlong = sin(radians(longitude - self.longitude) / 2)
        let chord =
            halfAcross * halfAcross + cos(radians(latitude)) * cos(radians(self.latitude)) * halfAlong * halfAlong
        return 2 * 6_371_008.8 * asin(min(1, chord.squareRoot())) <= distance
    }
}

// SPDX-License-Identifier: Apache-2.0

import MockKit
import Testing

struct MachineStrainTests {
    private static func pressure(_ total: Int) -> String {
        "some avg10=1.00 avg60=0.50 avg300=0.10 total=\(total)\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=9\n"
    }

    @Test func `strain is what the kernel's count of waiting grew by`() {
        let before = MachineStrain(pressure: Self.pressure(1_000))
        #expect(MachineStrain(pressure: Self.pressure(4_500)).since(before) == .microseconds(3_500))
    }

    @Test func `where nothing is counted nothing is owed`() {
        let none = MachineStrain(pressure: "")
        #expect(MachineStrain(pressure: Self.pressure(4_500)).since(none) == .zero)
        #expect(none.since(MachineStrain(pressure: Self.pressure(1))) == .zero)
    }
}

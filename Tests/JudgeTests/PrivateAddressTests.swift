// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Judge

@Suite struct PrivateAddressTests {
    @Test(arguments: [
        "10.0.0.1", "10.255.255.255:8080", "172.16.0.1", "172.31.9.9:443", "192.168.1.1", "169.254.169.254",
        "[fd00::1]", "[FC12::1]:8443", "[fe80::1]", "[febf::1]", "2852039166", "2852039166:443", "0251.0376.0251.0376",
        "0xa9.0xfe.43518", "0xa010203", "10.1", "[::ffff:10.1.2.3]", "[::ffff:a01:203]:8443", "[fe80::1%eth0]",
    ]) func `an address of a private or link-local network is one`(authority: String) {
        #expect(PrivateAddress.isPrivate(authority))
    }

    @Test(arguments: [
        "11.0.0.1", "172.15.0.1", "172.32.0.1", "192.169.1.1", "169.253.0.1", "127.0.0.1:8080", "[::1]",
        "[2001:db8::1]", "[::ffff:11.1.2.3]", "[::ffff:", "134744072", "10.0.0.0.1", "10.0.0.x", "10.0.0.256",
        "ten.example", "10.example.org", "",
    ]) func `another address and a name are none`(authority: String) {
        #expect(!PrivateAddress.isPrivate(authority))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Connector

/// What the watch over a connector's own network reads off bytes that the connector made: none of it may be trusted.
@Suite struct `Bytes of a watched network` {
    private func query(_ labels: [String], type: UInt8 = 1) -> [UInt8] {
        var bytes: [UInt8] = [0xAB, 0xCD, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        for label in labels { bytes += [UInt8(label.utf8.count)] + Array(label.utf8) }
        return bytes + [0, 0, type, 0, 1]
    }

    @Test func `a question for a name is answered with one address`() throws {
        let message = try #require(NameMessage(query(["Quiet", "example"])))
        #expect(message.name == "quiet.example")
        let answer = message.answer([198, 18, 0, 7])
        #expect(Array(answer[0..<8]) == [0xAB, 0xCD, 0x81, 0x80, 0, 1, 0, 1])
        #expect(Array(answer.suffix(4)) == [198, 18, 0, 7])
        // AAAA: the name is there, and has none.
        let other = try #require(NameMessage(query(["quiet", "example"], type: 28)))
        #expect(Array(other.answer([198, 18, 0, 7])[6..<8]) == [0, 0])
        #expect(other.unknown()[3] & 0x0F == 3)
    }

    @Test func `what is no question is not answered, wherever it is cut`() {
        let whole = query(["quiet", "example"])
        for count in 0..<whole.count { #expect(NameMessage(Array(whole[..<count])) == nil) }
        var answer = whole
        answer[2] = 0x81
        #expect(NameMessage(answer) == nil)
    }

    private var hello: [UInt8] {
        let name = Array("Quiet.example".utf8)
        let names: [UInt8] = [0] + word(name.count) + name
        let extensions: [UInt8] =
            [0, 23, 0, 0] + [0, 0] + word(names.count + 2) + word(names.count) + names
        let body: [UInt8] =
            [3, 3] + [UInt8](repeating: 7, count: 32) + [0] + [0, 2, 0x13, 1] + [1, 0] + word(extensions.count)
            + extensions
        return [22, 3, 1] + word(body.count + 4) + [1, 0] + word(body.count) + body
    }

    private func word(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }

    @Test func `a handshake tells whom it wants, and a broken one nobody`() {
        #expect(ClientHello.serverName(hello) == "quiet.example")
        for count in 0..<hello.count { #expect(ClientHello.serverName(Array(hello[..<count])) == nil) }
        #expect(ClientHello.serverName(Array("GET / HTTP/1.1\r\n\r\n".utf8)) == nil)
    }

    @Test func `only the beginning of what leaves the machine is an attempt`() throws {
        func packet(_ number: UInt8, to address: [UInt8], _ body: [UInt8]) -> ArraySlice<UInt8> {
            ([0x45, 0, 0, 0, 0, 0, 0, 0, 64, number, 0, 0, 127, 0, 0, 1] + address + body)[...]
        }
        func tcp(_ flags: UInt8) -> [UInt8] { [0x9C, 0x40, 0, 25] + [UInt8](repeating: 0, count: 9) + [flags] }
        let far: [UInt8] = [203, 0, 113, 9]
        let first = try #require(NetworkInside.Attempt(packet(6, to: far, tcp(0x02)), protocolNumber: 6))
        #expect("\(first)" == "tcp 203.0.113.9 25")
        #expect(NetworkInside.Attempt(packet(6, to: far, tcp(0x12)), protocolNumber: 6) == nil)
        #expect(NetworkInside.Attempt(packet(6, to: [127, 0, 0, 1], tcp(0x02)), protocolNumber: 6) == nil)
        let datagram: [UInt8] = [0x9C, 0x40, 2, 2, 0, 8, 0, 0]
        #expect(
            try #require(NetworkInside.Attempt(packet(17, to: far, datagram), protocolNumber: 17)).description
                == "udp 203.0.113.9 514")
        let short = packet(17, to: far, datagram).dropLast(1)
        #expect(NetworkInside.Attempt(short, protocolNumber: 17) == nil)
        #expect(NetworkInside.Attempt([], protocolNumber: 1) == nil)
    }

    @Test func `an address leads back to the name it was given for`() {
        var table = NameTable()
        for number in 0..<70_000 { _ = table.address(of: "host\(number).example") }
        let given = table.address(of: "host65537.example")
        #expect(!given.isNew)
        #expect(given.bytes == [198, 19, 0, 1])
        #expect(table.name(of: "198.19.0.1") == "host65537.example")
        #expect(table.name(of: "198.19.255.255") == nil)
        #expect(table.name(of: "8.8.8.8") == nil)
    }
}

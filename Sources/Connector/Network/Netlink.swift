// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The two words with the kernel that make a network out of a fresh namespace (rtnetlink(7)).
enum Netlink {
    /// Brings the loopback up and makes every IPv4 address one of this machine's own: whatever is dialled ends here.
    static func openLoopback() throws(ProcessError) {
        // ifinfomsg: family, pad, type, index of lo, flags and change mask IFF_UP.
        let up: [UInt8] = [0, 0, 0, 0] + word(1) + word(1) + word(1)
        try send(type: 16, flags: 0, up, doing: "bring its loopback up")
        // rtmsg: IPv4, no prefix, table local, protocol boot, scope host, type local; attribute RTA_OIF.
        let route: [UInt8] = [2, 0, 0, 0, 255, 3, 254, 2] + word(0) + [8, 0, 4, 0] + word(1)
        try send(type: 24, flags: 0x400, route, doing: "take up all addresses")
    }

    private static func word(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

    private static func send(type: UInt16, flags: UInt16, _ body: [UInt8], doing what: String) throws(ProcessError) {
        func failure(_ code: Int32) -> ProcessError {
            ProcessError(
                "the connector's network cannot \(what): \(String(cString: strerror(code)))",
                remedy: IsolatedNetwork.rights)
        }
        // AF_NETLINK, SOCK_RAW, NETLINK_ROUTE.
        let descriptor = socket(16, Int32(SOCK_RAW.rawValue), 0)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        let asked: UInt16 = 1 | 4 | flags
        let head =
            word(UInt32(16 + body.count)) + withUnsafeBytes(of: type) { Array($0) }
            + withUnsafeBytes(of: asked) { Array($0) } + word(1) + word(0)
        let message = head + body
        guard Foundation.send(descriptor, message, message.count, 0) == message.count else { throw failure(errno) }
        var answer = [UInt8](repeating: 0, count: 1024)
        let count = recv(descriptor, &answer, answer.count, 0)
        // nlmsgerr: the negated code follows the header.
        guard count >= 20 else { throw failure(count < 0 ? errno : EIO) }
        let code = answer[16..<20].enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(8 * $1.offset) }
        let error = -Int32(bitPattern: code)
        guard error == 0 || error == EEXIST else { throw failure(error) }
    }
}

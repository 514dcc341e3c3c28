// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// Accepts connections on a thread of its own and serves each on another, until it is stopped.
package final class SocketListener: Sendable {
    private let descriptor: Int32
    private let open = Mutex<Set<Int32>>([])

    /// - Parameters:
    ///   - descriptor: a listening socket, which it closes at its end.
    ///   - serve: gets a connection and blocks as long as that lasts; the connection is closed after it.
    package init(_ descriptor: Int32, serve: @escaping @Sendable (Int32) -> Void) {
        self.descriptor = descriptor
        Thread { [self] in accept(serve) }.start()
    }

    /// Takes nobody any more and ends every connection.
    package func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        // Under the lock: a connection's number may be somebody else's once it has left the table.
        open.withLock { for descriptor in $0 { shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }

    private func accept(_ serve: @escaping @Sendable (Int32) -> Void) {
        while true {
            let client = Foundation.accept(descriptor, nil, nil)
            if client < 0, errno == EINTR || errno == ECONNABORTED { continue }
            guard client >= 0 else { break }
            _ = open.withLock { $0.insert(client) }
            Thread { [self] in
                serve(client)
                _ = open.withLock { $0.remove(client) }
                close(client)
            }.start()
        }
        close(descriptor)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation

/// SIGINT and SIGTERM as something to wait for.
final class StopSignal {
    private let stream: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        self.stream = stream
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.finish() }
            source.activate()
            return source
        }
    }

    func wait() async {
        for await _ in stream {}
        for source in sources { source.cancel() }
    }
}

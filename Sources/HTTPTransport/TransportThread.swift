// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A serial executor on a thread of its own, for work that blocks: the cooperative pool has only as many threads as cores.
package final class TransportThread: SerialExecutor {
    private let queue = Queue()

    /// `name` labels the thread for debuggers.
    package init(name: String) {
        let queue = self.queue
        let thread = Thread { queue.run() }
        thread.name = name
        // As much as the pool's threads have: a whole scenario is driven on one, its expressions and pages read there.
        thread.stackSize = 8 << 20
        thread.start()
    }

    deinit { queue.stop() }

    package func enqueue(_ job: consuming ExecutorJob) { queue.add(UnownedJob(job), for: self) }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// Waiting jobs. Each holds its executor, so that the last job of an actor cannot outlive the executor it runs on.
    ///
    /// Unchecked: every access to `jobs` and `isStopped` is made while `condition` is locked.
    private final class Queue: @unchecked Sendable {
        private let condition = NSCondition()
        private var jobs: [(job: UnownedJob, executor: TransportThread)] = []
        private var isStopped = false

        func add(_ job: UnownedJob, for executor: TransportThread) {
            condition.withLock {
                jobs.append((job, executor))
                condition.signal()
            }
        }

        func stop() {
            condition.withLock {
                isStopped = true
                condition.signal()
            }
        }

        func run() {
            while let (job, executor) = next() { job.runSynchronously(on: executor.asUnownedSerialExecutor()) }
        }

        private func next() -> (job: UnownedJob, executor: TransportThread)? {
            condition.withLock {
                while jobs.isEmpty, !isStopped { condition.wait() }
                return jobs.isEmpty ? nil : jobs.removeFirst()
            }
        }
    }
}

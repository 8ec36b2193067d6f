// How threads share out the blocks of a job without a lock. The control block starts with a ticket of 64
// bits: the job's number above, the next block below. Both change at once, so that a thread that comes late
// cannot take a block of a job it has not read.

/** Makes job `job` of blocks that start from 0 the one at work. */
export function openJob(control: usize, job: i32): void {
  atomic.store<i64>(control, (<i64>job) << 32);
}

/** Takes the next of `blocks` blocks of job `job`; −1 if none is left, or if that job is over. */
export function claimBlock(control: usize, job: i32, blocks: i32): i32 {
  while (true) {
    const ticket = atomic.load<i64>(control);
    const block = <i32>ticket;
    if (<i32>(ticket >> 32) != job || block >= blocks) return -1;
    if (atomic.cmpxchg<i64>(control, ticket, ticket + 1) == ticket) return block;
  }
}

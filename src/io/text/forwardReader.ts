/** Items of a stream by their number. */
export interface ForwardReader<T> {
  /**
   * Calls `take` for the items `[start, start + count)`, in order. The first call, and one that goes back,
   * begin the stream from its start; calls at the same time wait for each other.
   */
  read(start: number, count: number, take: (item: T, index: number) => void): Promise<void>;
  /** Ends the stream. */
  close(): Promise<void>;
}

/**
 * Reads a stream of items, which come in batches, by their number. Memory is that of a batch.
 *
 * @param open - Begins the stream.
 * @param missing - The error when the stream ends before the items that were asked for.
 */
export function forwardReader<T>(
  open: () => AsyncGenerator<readonly T[]>,
  missing: (index: number) => Error,
): ForwardReader<T> {
  let stream: AsyncGenerator<readonly T[]> | undefined;
  let batch: readonly T[] = [];
  let batchStart = 0;
  let last: Promise<unknown> = Promise.resolve();

  const end = async () => {
    await stream?.return(undefined);
    stream = undefined;
    batch = [];
    batchStart = 0;
  };
  const read = async (start: number, count: number, take: (item: T, index: number) => void) => {
    if (start < batchStart) await end();
    stream ??= open();
    for (let at = start; at < start + count; at++) {
      while (at >= batchStart + batch.length) {
        batchStart += batch.length;
        batch = [];
        const { done, value } = await stream.next();
        if (done) throw missing(at);
        batch = value;
      }
      take(batch[at - batchStart]!, at - start);
    }
  };
  return {
    read(start, count, take) {
      const result = last.then(() => read(start, count, take));
      last = result.catch(end);
      return result;
    },
    async close() {
      await last;
      await end();
    },
  };
}

import { crc32 } from "../crc32.js";
import { npyRows, npySize } from "./npy.js";
import type { ByteSink, RowsToWrite, RowWriter } from "./writer.js";

/**
 * Writes `.npz` with one array, stored as `np.savez` does. The checksum is known only at the end, so it
 * stands behind the data (flag 3) and in the directory; sizes are in zip64 form, which suits any.
 *
 * Reference: APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3
 */
export async function npzRows(sink: ByteSink, target: RowsToWrite): Promise<RowWriter> {
  const path = new TextEncoder().encode(`${target.name}.npy`);
  const size = npySize(target);
  const local = record(30 + path.length + 20, (put) => {
    put(
      0x04034b50,
      4,
      45,
      2,
      FLAGS,
      2,
      0,
      2,
      0,
      2,
      DATE,
      2,
      0,
      4,
      0xffffffff,
      4,
      0xffffffff,
      4,
      path.length,
      2,
      20,
      2,
    );
    put.bytes(path);
    put(1, 2, 16, 2, size, 8, size, 8);
  });
  await sink.write(local);
  let crc = 0;
  const member = await npyRows(
    {
      async write(bytes) {
        crc = crc32(bytes, crc);
        await sink.write(bytes);
      },
    },
    target,
  );
  return {
    write: member.write,
    async finish() {
      await member.finish();
      await sink.write(directory(path, local.length, size, crc));
    },
  };
}

/** The checksum follows the data; names are UTF-8. */
const FLAGS = 0x0808;

/** 1 January 1980, as NumPy has it, so that the same rows give the same file. */
const DATE = 33;

function directory(path: Uint8Array, dataStart: number, size: number, crc: number): Uint8Array {
  const begin = dataStart + size + 24;
  const length = 46 + path.length + 20;
  return record(24 + length + 56 + 20 + 22, (put) => {
    put(0x08074b50, 4, crc, 4, size, 8, size, 8);
    put(0x02014b50, 4, 45, 2, 45, 2, FLAGS, 2, 0, 2, 0, 2, DATE, 2, crc, 4, 0xffffffff, 4, 0xffffffff, 4);
    put(path.length, 2, 20, 2, 0, 2, 0, 2, 0, 2, 0, 4, 0, 4);
    put.bytes(path);
    put(1, 2, 16, 2, size, 8, size, 8);
    put(0x06064b50, 4, 44, 8, 45, 2, 45, 2, 0, 4, 0, 4, 1, 8, 1, 8, length, 8, begin, 8);
    put(0x07064b50, 4, 0, 4, begin + length, 8, 1, 4);
    put(0x06054b50, 4, 0, 2, 0, 2, 0xffff, 2, 0xffff, 2, 0xffffffff, 4, 0xffffffff, 4, 0, 2);
  });
}

/** Puts numbers, each followed by its number of bytes, little-endian. */
interface Put {
  (...fields: number[]): void;
  bytes(bytes: Uint8Array): void;
}

function record(length: number, fill: (put: Put) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const put = (...fields: number[]) => {
    for (let i = 0; i < fields.length; i += 2) {
      const [value, width] = [fields[i]!, fields[i + 1]!];
      if (width === 2) view.setUint16(at, value, true);
      else if (width === 4) view.setUint32(at, value, true);
      else view.setBigUint64(at, BigInt(value), true);
      at += width;
    }
  };
  put.bytes = (more: Uint8Array) => {
    bytes.set(more, at);
    at += more.length;
  };
  fill(put);
  return bytes;
}

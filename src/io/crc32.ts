let tables: Int32Array[] | undefined;

/** Tables for eight bytes a step ("slicing by 8"), which is several times faster than one. */
function crcTables(): Int32Array[] {
  if (tables) return tables;
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
  tables = [first];
  for (let i = 1; i < 8; i++) {
    const last = tables[i - 1]!;
    tables.push(last.map((crc) => (crc >>> 8) ^ first[crc & 255]!));
  }
  return tables;
}

/**
 * The CRC-32 of zip and gzip, as an unsigned number.
 *
 * @param crc - That of the bytes before, to go on from.
 *
 * Reference: RFC 1952, section 8; slicing by 8: M. Kounavis and F. Berry, 2008.
 */
export function crc32(bytes: Uint8Array, crc = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = crcTables() as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const { length } = bytes;
  let c = ~crc;
  let i = 0;
  for (; i + 8 <= length; i += 8) {
    const a = c ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
    c =
      t7[a & 255]! ^
      t6[(a >>> 8) & 255]! ^
      t5[(a >>> 16) & 255]! ^
      t4[a >>> 24]! ^
      t3[bytes[i + 4]!]! ^
      t2[bytes[i + 5]!]! ^
      t1[bytes[i + 6]!]! ^
      t0[bytes[i + 7]!]!;
  }
  for (; i < length; i++) c = t0[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}

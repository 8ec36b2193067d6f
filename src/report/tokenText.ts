/**
 * The bytes that byte-level tokenizers write as themselves; the others follow, in order, from U+0100.
 * (GPT-2's `bytes_to_unicode`, github.com/openai/gpt-2, src/encoder.py.)
 */
const itself = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);

const bytes = Array.from({ length: 256 }, (_, byte) => byte);
const byteOf = new Map(
  [
    ...bytes.filter(itself).map((byte) => [byte, byte]),
    ...bytes.filter((byte) => !itself(byte)).map((byte, i) => [256 + i, byte]),
  ].map(([code, byte]) => [String.fromCodePoint(code), byte] as const),
);

/**
 * Whether the tokens are written with a character for each byte: some hold the space's `Ġ` or the line
 * feed's `Ċ`, and hardly one (special tokens aside) a character that stands for no byte.
 */
export function looksByteLevel(tokens: readonly string[]): boolean {
  if (!tokens.some((token) => token.startsWith("Ġ") || token.startsWith("Ċ"))) return false;
  const strange = tokens.filter((token) => [...token].some((c) => !byteOf.has(c)));
  return strange.length <= 0.01 * tokens.length + 1;
}

/** The text of a byte-level token. Bytes that are no whole character of UTF-8 show as `\xe2`. */
export function decodeByteLevel(token: string): string {
  const codes = Array.from(token, (c) => byteOf.get(c));
  if (codes.includes(undefined)) return token;
  return decodeUtf8(Uint8Array.from(codes as number[]));
}

/** The text of a SentencePiece token: `▁` is a space, `<0x0A>` a byte. */
export function decodeSentencePiece(token: string): string {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(token)?.[1];
  if (byte !== undefined) return decodeUtf8(Uint8Array.of(Number.parseInt(byte, 16)));
  return token.replaceAll("▁", " ");
}

function decodeUtf8(encoded: Uint8Array): string {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  for (let start = 0; start < encoded.length; ) {
    const length = utf8Length(encoded[start]);
    try {
      text += strict.decode(encoded.subarray(start, start + length));
      start += length;
    } catch {
      text += `\\x${encoded[start].toString(16).padStart(2, "0")}`;
      start++;
    }
  }
  return text;
}

/** How many bytes a character has that begins with this one. */
function utf8Length(first: number): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}

/** What {@link parsePythonLiteral} gives: tuples and lists are arrays, dicts are maps with string keys. */
export type PythonLiteral = string | number | boolean | null | PythonLiteral[] | Map<string, PythonLiteral>;

/** Far deeper than the header of any array, and far from overflowing the stack. */
const MAX_DEPTH = 64;

/**
 * Parses the Python literals that a NumPy header is made of: strings, numbers, True, False, None, tuples,
 * lists, and dicts with string keys.
 *
 * @throws SyntaxError that says what was expected, and where.
 */
export function parsePythonLiteral(text: string): PythonLiteral {
  let at = 0;

  /** Takes what `pattern`, a sticky expression, matches here. */
  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0];
    at += match?.length ?? 0;
    return match;
  }

  function takeToken(pattern: RegExp): string | undefined {
    take(/[ \t\r\n]*/y);
    return take(pattern);
  }

  function fail(wanted: string): never {
    const found = at < text.length ? JSON.stringify(text.slice(at, at + 12)) : "the end";
    throw new SyntaxError(`wanted ${wanted} at character ${at}, found ${found}`);
  }

  function value(depth: number): PythonLiteral {
    if (depth > MAX_DEPTH) fail("less nesting");
    const quoted = takeToken(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/y);
    if (quoted !== undefined) return quoted.slice(1, -1).replace(/\\(.)/g, "$1");
    // Python 2 wrote long integers with an L.
    const number = take(/[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?L?/y);
    if (number !== undefined) return Number(number.replace("L", ""));
    const word = take(/(?:True|False|None)\b/y);
    if (word !== undefined) return word === "None" ? null : word === "True";
    if (take(/\[/y)) return items(/\]/y, depth).values;
    if (take(/\{/y)) return dict(depth);
    if (take(/\(/y)) {
      const { values, comma } = items(/\)/y, depth);
      return values.length === 1 && !comma ? values[0]! : values;
    }
    return fail("a Python literal");
  }

  function items(close: RegExp, depth: number): { values: PythonLiteral[]; comma: boolean } {
    const values: PythonLiteral[] = [];
    let comma = true;
    while (!takeToken(close)) {
      if (!comma) fail("a comma");
      values.push(value(depth + 1));
      comma = takeToken(/,/y) !== undefined;
    }
    return { values, comma };
  }

  function dict(depth: number): Map<string, PythonLiteral> {
    const entries = new Map<string, PythonLiteral>();
    let comma = true;
    while (!takeToken(/\}/y)) {
      if (!comma) fail("a comma");
      const key = value(depth + 1);
      if (typeof key !== "string" || entries.has(key)) fail("a key of its own before this");
      if (!takeToken(/:/y)) fail("a colon");
      entries.set(key, value(depth + 1));
      comma = takeToken(/,/y) !== undefined;
    }
    return entries;
  }

  const result = value(0);
  take(/[ \t\r\n]*/y);
  if (at < text.length) fail("nothing more");
  return result;
}

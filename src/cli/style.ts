import { styleText } from "node:util";
import type { TextStyle } from "../report/index.js";
import type { CommandIo } from "./io.js";

const formats = { heading: "bold", warning: "yellow" } as const satisfies Record<TextStyle, string>;

/** Colours for a terminal whose user has not asked for none. */
export function styleFor(io: CommandIo): (style: TextStyle, line: string) => string {
  if (!io.stdout.isTTY || io.env.NO_COLOR) return (_style, line) => line;
  return (style, line) => styleText(formats[style], line, { validateStream: false });
}

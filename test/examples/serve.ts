import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const types: Record<string, string> = { ".js": "text/javascript", ".npy": "application/octet-stream" };

/** Shared memory, and so threads, need a page that is isolated from other origins. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/**
 * Serves an empty page at `/`, and as they are the package as it was built, `/dist/`, and `/examples/`; of modules of
 * the examples the types are taken out, and "kullback" is where the package lies. Nothing is bundled.
 */
export async function serve(isolated: boolean): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    const headers = isolated ? isolation : {};
    contentOf(pathname).then(
      (content) => {
        const type = types[extname(pathname)] ?? "text/html";
        response.writeHead(200, { ...headers, "Content-Type": type }).end(content);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}` };
}

async function contentOf(path: string): Promise<string | Uint8Array> {
  if (path === "/") return '<!doctype html><title>Digits</title><link rel="icon" href="data:,">';
  if (path.startsWith("/examples/") && path.endsWith(".js")) {
    const source = await readFile(join(root, path.replace(/js$/, "ts")), "utf8");
    const { code } = await transform(source, { loader: "ts" });
    return code.replace(/from "kullback(\/\w+)?"/g, 'from "/dist$1/index.js"');
  }
  if (path.startsWith("/dist/") || path.startsWith("/examples/")) return readFile(join(root, path));
  throw new Error(`not served: ${path}`);
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { FileError, inspectFile, openArray, openRows, readArray, writeNpy } from "../../src/io/index.js";
import { firstDifference, fromBase64, safetensorsFile } from "./files.js";
import { file, golden, readDense } from "./formats.js";

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
  server = undefined;
});

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** Starts a server; gives the URL of its root and the requests it got. */
async function serve(handler: Handler) {
  const requests: IncomingMessage[] = [];
  server = createServer((request, response) => {
    requests.push(request);
    handler(request, response, requests.length);
  });
  await new Promise<void>((done) => server!.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** The range that a request asks for, within `size` bytes. */
function rangeOf(request: IncomingMessage, size: number): [begin: number, end: number] {
  const [, begin, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range!)!;
  return [Number(begin), Math.min(Number(last) + 1, size)];
}

/** Answers with a range, as a good server does. */
function sendRange(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
  headers: Record<string, string> = {},
) {
  const [begin, end] = rangeOf(request, bytes.length);
  if (begin >= bytes.length) {
    response.writeHead(416, { "Content-Range": `bytes */${bytes.length}` }).end();
    return;
  }
  response.writeHead(206, {
    "Content-Range": `bytes ${begin}-${end - 1}/${bytes.length}`,
    "Content-Length": end - begin,
    ...headers,
  });
  response.end(bytes.subarray(begin, end));
}

const values = Float32Array.from({ length: 300_000 }, (_, i) => i / 7);
const large = writeNpy(values, [3000, 100]);

async function refusal(url: string): Promise<string> {
  try {
    await readArray(url);
  } catch (error) {
    expect(error).toBeInstanceOf(FileError);
    return (error as Error).message;
  }
  throw new Error("it was read");
}

describe("a URL whose server serves ranges", () => {
  it("is read like a file, only the parts that are asked for", async () => {
    const { url, requests } = await serve((request, response) =>
      sendRange(request, response, large, { ETag: '"1"' }),
    );
    const opened = await openRows(`${url}/dir/a.npy?key=secret`);
    if (opened.kind !== "dense") throw new Error("dense");
    expect(opened).toMatchObject({
      name: `${url}/dir/a.npy`,
      shape: [3000, 100],
      size: large.length,
      order: "any",
    });
    const out = new Float32Array(200);
    await opened.reader.read(2990, 2, out);
    expect(out).toEqual(values.slice(299_000, 299_200));
    expect(requests.length).toBe(2);
    expect(requests[1]!.headers["if-range"]).toBe('"1"');
    const read = requests.reduce(
      (sum, request) => sum + rangeOf(request, large.length)[1] - rangeOf(request, large.length)[0],
      0,
    );
    expect(read).toBeLessThan(large.length / 8);
    expect(firstDifference((await readArray(new URL(`${url}/a.npy`))).data, values)).toBe(-1);
  });

  it("may hold any format, a tensor being named after #", async () => {
    const tensors = safetensorsFile(
      {
        a: { dtype: "U8", shape: [1], data_offsets: [0, 1] },
        b: { dtype: "U8", shape: [2], data_offsets: [1, 3] },
      },
      3,
    );
    const files: Record<string, Uint8Array> = {
      "/t.safetensors": tensors,
      "/a.npz": file("npz", "deflated"),
      "/a.parquet": file("parquet", "snappy"),
      "/a.csv.gz": file("csv", "gzip"),
      ...Object.fromEntries(
        Object.entries(golden.shards).map(([name, bytes]) => [`/dir/${name}`, fromBase64(bytes)]),
      ),
    };
    const { url } = await serve((request, response) => {
      const bytes = files[request.url!];
      if (bytes) sendRange(request, response, bytes);
      else response.writeHead(404).end();
    });
    const array = await openArray(`${url}/t.safetensors#b`);
    expect(array).toMatchObject({ name: `${url}/t.safetensors#b`, shape: [2] });
    expect((await readDense(`${url}/a.npz#logits`)).rows).toEqual(golden.x);
    expect((await readDense(`${url}/a.parquet`)).rows).toEqual(golden.x);
    expect((await readDense(`${url}/a.csv.gz`)).rows.map((row) => row.map(Math.fround))).toEqual(golden.x);
    expect((await readDense(`${url}/dir/model.safetensors.index.json#b`)).rows).toEqual(golden.x);
    expect((await inspectFile(`${url}/a.parquet`)).format).toBe("parquet");
    expect(await refusal(`${url}/none.npy`)).toBe(`${url}/none.npy: no such file (HTTP 404)`);
  });

  it("that cuts an answer off, or is busy, is asked again from where the bytes ended", async () => {
    const { url, requests } = await serve((request, response, count) => {
      if (count % 3 === 0) response.writeHead(503).end();
      else if (count % 3 === 1) sendRange(request, response, large);
      else {
        const [begin, end] = rangeOf(request, large.length);
        response.writeHead(206, {
          "Content-Range": `bytes ${begin}-${end - 1}/${large.length}`,
          "Content-Length": end - begin,
        });
        response.write(large.subarray(begin, begin + Math.ceil((end - begin) / 2)), () => response.destroy());
      }
    });
    expect(firstDifference((await readArray(`${url}/a.npy`)).data, values)).toBe(-1);
    expect(requests.length).toBe(4);
  });

  it("that answers with less than was asked, rightly labelled, is asked for the rest", async () => {
    const { url } = await serve((request, response) => {
      const [begin, end] = rangeOf(request, large.length);
      const some = Math.min(end, begin + 200_000);
      response.writeHead(206, { "Content-Range": `bytes ${begin}-${some - 1}/${large.length}` });
      response.end(large.subarray(begin, some));
    });
    expect(firstDifference((await readArray(`${url}/a.npy`)).data, values)).toBe(-1);
  });

  it("that has an empty file, says so", async () => {
    const { url } = await serve((request, response) => sendRange(request, response, new Uint8Array(0)));
    expect(await refusal(`${url}/a.npy`)).toBe(`${url}/a.npy: is empty (0 bytes)`);
  });
});

describe("a URL whose server", () => {
  it("serves no ranges is refused, with what to do", async () => {
    const { url } = await serve((_, response) => response.end(large));
    expect(await refusal(`${url}/a.npy`)).toBe(
      `${url}/a.npy: the server serves no ranges (HTTP 200, not 206): download the file first`,
    );
  });

  it("always fails is given up after some attempts", async () => {
    const busy = await serve((_, response) => response.writeHead(503).end());
    expect(await refusal(`${busy.url}/a.npy`)).toBe(
      `${busy.url}/a.npy: cannot be read: the server answered with HTTP 503, 4 times`,
    );
    expect(busy.requests.length).toBe(4);
    await new Promise((done) => server!.close(done));
    expect(await refusal(`${busy.url}/a.npy`)).toBe(
      `${busy.url}/a.npy: cannot be read: the server cannot be reached (ECONNREFUSED), 4 times`,
    );
  });

  it("lies about what it sends is found out", async () => {
    const lies: [headers: Record<string, string | number>, message: RegExp][] = [
      [
        { "Content-Range": `bytes 5-10/${large.length}` },
        /asked for bytes from 0, the server sent "bytes 5-10\/1200128"$/,
      ],
      [{}, /asked for bytes from 0, the server sent "no Content-Range"$/],
      [{ "Content-Range": "bytes 0-10/*" }, /the server sent "bytes 0-10\/\*"$/],
      [{ "Content-Range": "bytes 0-9/10" }, /the server sent more than bytes 0 to \d+, as was asked$/],
      [{ "Content-Range": "bytes 0-999/999999999999" }, /truncated|trailing|short|sent more/],
      [
        { "Content-Range": `bytes 0-9/${large.length}`, "Content-Encoding": "gzip" },
        /ranges of gzip data: download the file first$/,
      ],
    ];
    for (const [headers, message] of lies) {
      const { url } = await serve((_, response) =>
        response.writeHead(206, headers).end(large.subarray(0, 70_000)),
      );
      expect(await refusal(`${url}/a.npy`)).toMatch(message);
      server!.closeAllConnections();
      await new Promise((done) => server!.close(done));
    }
    const short = await serve((request, response) => {
      const [begin, end] = rangeOf(request, large.length);
      response.writeHead(206, {
        "Content-Range": `bytes ${begin}-${end - 1}/${large.length}`,
        "Content-Length": end - begin,
      });
      response.destroy();
    });
    expect(await refusal(`${short.url}/a.npy`)).toMatch(
      /cannot be read: the (connection was cut off|server cannot be reached) \(.*\), 4 times$/,
    );
  });

  it("changes the file while it is read is found out, by its tag, its date or its size", async () => {
    const changes: Handler[] = [
      (request, response, count) => sendRange(request, response, large, { ETag: `"${count}"` }),
      (request, response, count) => sendRange(request, response, large, { ETag: `W/"${count}"` }),
      (request, response, count) =>
        sendRange(request, response, large, { "Last-Modified": new Date(1e12 * count).toUTCString() }),
      (request, response, count) => sendRange(request, response, large.subarray(0, large.length - count)),
      (request, response, count) => (count === 1 ? sendRange(request, response, large) : response.end(large)),
      (request, response, count) =>
        count === 1 ? sendRange(request, response, large) : response.writeHead(416).end(),
    ];
    for (const handler of changes.slice(0, 3).concat(changes.slice(4))) {
      const { url } = await serve(handler);
      expect(await refusal(`${url}/a.npy`)).toBe(`${url}/a.npy: changed on the server while it was read`);
      server!.closeAllConnections();
      await new Promise((done) => server!.close(done));
    }
    const { url } = await serve(changes[3]!);
    expect(await refusal(`${url}/a.npy`)).toMatch(/truncated|changed/);
  });

  it("wants a password is refused at once", async () => {
    const { url, requests } = await serve((_, response) => response.writeHead(401).end());
    expect(await refusal(`${url}/a.npy`)).toBe(`${url}/a.npy: permission denied (HTTP 401)`);
    expect(requests.length).toBe(1);
  });
});

it("a text that is no URL, and a URL of another kind, are refused", async () => {
  expect(await refusal("http://[x")).toBe("http://[x: is not a valid URL");
  await expect(openArray(new URL("ftp://example.org/a.npy"))).rejects.toThrow(
    "ftp://example.org/a.npy: wanted an http or https URL, got ftp:",
  );
});

// Writes ONNX models: the few fields of protocol buffers that a graph of float32 operations needs.
// Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

/** An operation of the graph, with integer attributes. */
export interface OnnxNode {
  op: string;
  inputs: string[];
  output: string;
  attributes?: Record<string, number>;
}

/** A named float32 array. */
export interface OnnxValue {
  name: string;
  shape: readonly number[];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

/** A field with a number. */
const int = (field: number, value: number) => [...varint(field << 3), ...varint(value)];

/** A field with bytes: a string or a nested message. */
function bytes(field: number, content: string | number[]): number[] {
  const data = typeof content === "string" ? [...new TextEncoder().encode(content)] : content;
  return [...varint((field << 3) | 2), ...varint(data.length), ...data];
}

function nodeProto({ op, inputs, output, attributes = {} }: OnnxNode): number[] {
  const integerType = 2;
  return [
    ...inputs.flatMap((name) => bytes(1, name)),
    ...bytes(2, output),
    ...bytes(4, op),
    ...Object.entries(attributes).flatMap(([name, value]) =>
      bytes(5, [...bytes(1, name), ...int(3, value), ...int(20, integerType)]),
    ),
  ];
}

function valueInfoProto({ name, shape }: OnnxValue): number[] {
  const floatType = 1;
  const dims = shape.flatMap((size) => bytes(1, int(1, size)));
  return [...bytes(1, name), ...bytes(2, bytes(1, [...int(1, floatType), ...bytes(2, dims)]))];
}

/** A model (IR version 8, operator set 13) as the bytes of its file. */
export function onnxModel(nodes: OnnxNode[], inputs: OnnxValue[], output: OnnxValue): Uint8Array {
  const graph = [
    ...nodes.flatMap((node) => bytes(1, nodeProto(node))),
    ...bytes(2, "bench"),
    ...inputs.flatMap((input) => bytes(11, valueInfoProto(input))),
    ...bytes(12, valueInfoProto(output)),
  ];
  return Uint8Array.from([...int(1, 8), ...bytes(7, graph), ...bytes(8, int(2, 13))]);
}

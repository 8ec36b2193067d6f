// The exports of the binary. Kernels take pointers and element counts; whoever calls owns all memory,
// scratch memory too, because threads run the same kernels on the same memory.

export { heapBase } from "./layout";
export * from "./softmax/index";
export * from "./elementwise";
export * from "./matmul";
export * from "./rows/index";
export * from "./pool";
export * from "./reduce";
export * from "./im2col";
export { statistics } from "./statistics/index";
export * from "./optimize";

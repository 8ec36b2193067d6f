export * from "./backward";
export * from "./forward";

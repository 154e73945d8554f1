/** Flags of Node with which `npm run loopstream` starts the loop. */
export const nodeFlags: readonly string[] = ["--no-allocation-site-pretenuring", "--heap-growing-percent=100"];

import type { Socket } from "node:net";
import { DomainError, recordLimits } from "../../schemas/index.ts";
import { problemOf, PROBLEM_TYPE } from "./problem.ts";

/** Answers bytes that are no request, before there is a route for them, and ends the connection. */
export function refuseBytes(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) return void socket.destroy();
  const problem = problemOf(errorOf(error.code));
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${phrases[problem.status] ?? "Bad Request"}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

const phrases: Readonly<Record<number, string>> = { 408: "Request Timeout", 413: "Content Too Large" };

function errorOf(code: string | undefined): DomainError {
  const { httpHeaderBytes, httpHeadersMs, httpRequestMs } = recordLimits;
  if (code === "HPE_HEADER_OVERFLOW")
    return new DomainError("REQUEST_TOO_LARGE", `the headers have more than ${httpHeaderBytes} bytes`);
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    const times = `headers are taken for ${httpHeadersMs} ms, the whole for ${httpRequestMs} ms`;
    return new DomainError("REQUEST_TOO_SLOW", `the request did not arrive in time: ${times}`);
  }
  return new DomainError("BAD_REQUEST", "the bytes are no HTTP request");
}

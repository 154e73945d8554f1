import { connect, type Socket } from "node:net";

interface Call {
  readonly bytes: string;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A bare HTTP client on some connections, each with one request at a time: it costs little beside the server it asks. */
export class HttpSockets {
  readonly #free: Socket[] = [];
  readonly #waiting: Call[] = [];
  readonly #busy = new Map<Socket, Call>();
  readonly #all: readonly Socket[];

  constructor(port: number, count: number) {
    this.#all = Array.from({ length: count }, () => this.#open(port));
  }

  post(path: string, body: unknown): Promise<unknown> {
    const text = JSON.stringify(body);
    const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}`;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes: `${head}\r\n\r\n${text}`, resolve, reject });
      this.#next();
    });
  }

  #open(port: number): Socket {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let got = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      got += chunk;
      const end = got.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(got)![1]);
      const body = got.slice(end + 4);
      if (Buffer.byteLength(body) < length) return;
      const call = this.#busy.get(socket)!;
      this.#busy.delete(socket);
      if (got.startsWith("HTTP/1.1 200")) call.resolve(JSON.parse(body));
      else call.reject(new Error(got.slice(0, 500)));
      got = "";
      this.#free.push(socket);
      this.#next();
    });
    const failed = (error?: Error): void => this.#busy.get(socket)?.reject(error ?? new Error("the connection ended"));
    socket.on("error", failed);
    socket.on("close", () => failed());
    socket.once("connect", () => {
      this.#free.push(socket);
      this.#next();
    });
    return socket;
  }

  #next(): void {
    if (this.#waiting.length === 0 || this.#free.length === 0) return;
    const [call, socket] = [this.#waiting.shift()!, this.#free.shift()!];
    this.#busy.set(socket, call);
    socket.write(call.bytes);
  }

  close(): void {
    for (const socket of this.#all) socket.destroy();
  }
}

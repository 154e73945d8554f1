import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pino } from "pino";
import { createLog } from "../../cli/text/log.ts";
import {
  createConfluentRegistry,
  createKafkaBackbone,
  createPlatformaticBackbone,
  hideSecrets,
  Serdes,
  shownAddress,
  StreamsError,
  withoutSecrets,
} from "../../streams/index.ts";
import { kafkaSettings } from "../../streams/backbones/kafka/cluster/options.ts";
import { answeringRegistry, answerJson, type AnsweringRegistry } from "./registry/answering.ts";

const user = "maria";
const password = 'hu"nter/2 @home';
const basic = Buffer.from(`${user}:${password}`).toString("base64");
/** As they may be written somewhere. */
const forms = [password, encodeURIComponent(password), JSON.stringify(password).slice(1, -1), basic, "hu%22nter"];

/** All that anybody may print of an error. */
function shownOf(error: unknown): string {
  const lines: string[] = [];
  pino({}, { write: (line) => void lines.push(line) }).error({ err: error }, "x");
  const own = error instanceof Error ? [error.message, error.stack, String(error.cause)] : [String(error)];
  return [...own, inspect(error, { depth: 12, showHidden: true }), JSON.stringify(error), ...lines].join("\n");
}

function expectHidden(shown: string): void {
  for (const form of forms) expect(shown).not.toContain(form);
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  return error;
}

describe("the registry's user and password", () => {
  let server: AnsweringRegistry;
  let status: number;
  beforeEach(async () => {
    // A registry that tells whoever asks what was sent.
    server = await answeringRegistry((_path, response) => {
      if (status === 0) return void response.destroy();
      const { authorization } = response.req.headers;
      if (status === 200) response.writeHead(200).end(`page of ${authorization} ${decodeURIComponent(password)}`);
      else answerJson(response, { message: `not with ${authorization}, ${user}:${password}` }, status);
    });
  });
  afterEach(() => server.close());

  const urls = (): string[] => {
    const withUser = server.url.replace("http://", `http://${user}:${encodeURIComponent(password)}@`);
    return [
      withUser,
      `${withUser}/base/?key=1`,
      withUser.replace("127.0.0.1", "nowhere.invalid"),
      withUser.replace(/\d+$/, "1"),
    ];
  };

  test.each([0, 200, 400, 401, 404, 409, 422, 500])(
    "are in no error of an answer %i, from the URL",
    async (answered) => {
      status = answered;
      for (const url of urls()) {
        const registry = createConfluentRegistry({ url, timeoutMs: 80 });
        for (const work of callsOf(registry)) expectHidden(shownOf(await errorOf(work())));
        await registry.close();
        expectHidden(shownOf(await errorOf(registry.schema(99))));
      }
    },
  );

  test("are in no error where they are given beside the URL", async () => {
    status = 401;
    const registry = createConfluentRegistry({ url: server.url, auth: { username: user, password }, timeoutMs: 80 });
    for (const work of callsOf(registry)) expectHidden(shownOf(await errorOf(work())));
    const serdes = new Serdes(registry);
    expectHidden(shownOf(await errorOf(serdes.learn(Buffer.from([0, 0, 0, 0, 1, 2])))));
  });

  test("are in no error of a URL that is none", async () => {
    status = 401;
    for (const url of [
      `http://${user}:${password}@host:port`,
      `${user}:${password}@host`,
      `//${user}:${password}@host:1`,
    ]) {
      const registry = createConfluentRegistry({ url, auth: { username: user, password }, timeoutMs: 50 });
      expectHidden(shownOf(await errorOf(registry.schema(1))));
    }
  });

  const callsOf = (registry: ReturnType<typeof createConfluentRegistry>): (() => Promise<unknown>)[] => {
    const schema = { type: "record", name: "R", fields: [{ name: "a", type: "string" }] };
    return [
      () => registry.schema(1),
      () => registry.subjects(),
      () => registry.register("s-value", schema, "BACKWARD"),
      () => registry.register("k-key", "string", "BACKWARD"),
    ];
  };
});

describe("the broker's user and password", () => {
  let server: Server | undefined;
  afterEach(() => server?.close());
  const sasl = { mechanism: "plain", username: user, password } as const;
  const open = { kafkajs: createKafkaBackbone, platformatic: createPlatformaticBackbone };

  test.each(["kafkajs", "platformatic"] as const)("are in no error of %s where nobody listens", async (client) => {
    const options = { brokers: "127.0.0.1:1", sasl, deliveryTimeoutMs: 400 };
    expectHidden(shownOf(await errorOf(open[client](options))));
  });

  test.each(["kafkajs", "platformatic"] as const)(
    "are in no error of %s where the other side hangs up",
    async (client) => {
      server = createTcpServer((socket) => socket.on("data", () => socket.destroy()));
      await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
      const brokers = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      expectHidden(shownOf(await errorOf(open[client]({ brokers, sasl, deliveryTimeoutMs: 400 }))));
    },
  );

  test.each(["kafkajs", "platformatic"] as const)(
    "are in no error of %s where the other side speaks nonsense",
    async (client) => {
      server = createTcpServer((socket) =>
        socket.on("data", () => socket.write(`HTTP/1.1 400 ${user}:${password}\r\n\r\n`)),
      );
      await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
      const brokers = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      expectHidden(shownOf(await errorOf(open[client]({ brokers, sasl, deliveryTimeoutMs: 400 }))));
    },
  );

  test.each([`${user}:${password}@host:9092`, `SASL_SSL://${user}:hu%22nter@host:9092`, `${user}:hu%22nter@host`])(
    "are in no error where they are written into the address %s",
    (brokers) => {
      const settings = (): unknown => kafkaSettings({ brokers: [brokers] });
      let thrown: unknown;
      try {
        settings();
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({ code: "TOPOLOGY_INVALID" });
      expectHidden(shownOf(thrown));
    },
  );

  test("are in no error that is made of another's words", () => {
    kafkaSettings({ brokers: ["b:1"], sasl });
    const foreign = new AggregateError(
      [Object.assign(new Error(`refused ${password}`), { sent: `SASL ${basic}` })],
      `all of ${user}:${password}`,
    );
    const error = new StreamsError(
      "BACKBONE_UNAVAILABLE",
      `fetch: ${foreign.message}`,
      new Error("outer", { cause: foreign }),
    );
    expectHidden(shownOf(error));
  });

  test("are in no line of the log, whoever writes it", () => {
    kafkaSettings({ brokers: ["b:1"], sasl });
    const lines: string[] = [];
    const log = createLog(true, { destination: { write: (line) => void lines.push(line) } });
    log.error({ err: new Error(`with ${password}`), sasl, url: `http://${user}:hu%22nter@host/` }, `not ${basic}`);
    expect(lines.join("")).toContain("not ***");
    expectHidden(lines.join(""));
  });
});

test.each([
  ["http://registry:8081/apis", "http://registry:8081/apis"],
  ["http://a:b@registry:8081/apis?key=1#x", "http://registry:8081/apis"],
  ["https://a:p@ss@registry", "https://registry"],
  ["a:b@host:9092", "host:9092"],
  ["host:9092", "host:9092"],
])("the address %s is shown as %s", (address, shown) => {
  expect(shownAddress(address)).toBe(shown);
});

test("texts without an address or a secret stay as they are", () => {
  const text = "decision d@home of user a@b.example at 12:00 is //not// an address";
  expect(withoutSecrets(text)).toBe(text);
  const error = new Error(text);
  const { stack } = error;
  expect(hideSecrets(error).stack).toBe(stack);
});

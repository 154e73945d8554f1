import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  logLevel,
  ResourcePatternTypes,
} from "kafkajs";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { connect, openLoopstream, settingsOf, type SecurityOptions } from "../../loop/index.ts";
import { Outages, silent, streamsLimits } from "../../streams/index.ts";
import { keyPassword } from "../servers/certificates.ts";
import { startSecureKafka, unsignedToken, users, type SecureKafka } from "../servers/secure-kafka.ts";
import { registryToken, registryUser, secureRegistry, type SecureRegistry } from "../servers/secure-registry.ts";
import { flights, loopstream, temporaryDir, type Ran } from "./command.ts";
import { startLoopstream } from "./running.ts";

const clients = ["platformatic", "kafkajs"] as const;
type Listener = "plain" | "saslSsl" | "mutual";
const dir = temporaryDir();
let kafka: SecureKafka;
let registry: SecureRegistry;
beforeAll(async () => {
  kafka = await startSecureKafka();
  registry = await secureRegistry(inject("registry"), kafka.certificates);
  writeFileSync(join(dir.path, "token"), unsignedToken("loop"));
  writeFileSync(join(dir.path, "old-token"), unsignedToken("loop").replace(/\..*\./, ".e30."));
  writeFileSync(join(dir.path, "password"), `${users.loop}\n`);
  writeFileSync(join(dir.path, "user-info"), `${registryUser.username}:${registryUser.password}`);
});
afterAll(async () => {
  await Promise.all([kafka?.stop(), registry?.close()]);
  dir.remove();
});

const scram = (more: SecurityOptions = {}): SecurityOptions => ({
  "security.protocol": "SASL_SSL",
  "sasl.mechanism": "SCRAM-SHA-512",
  "sasl.username": "loop",
  "sasl.password": users.loop,
  "ssl.ca.location": kafka.certificates.ca,
  ...more,
});
const mutual = (more: SecurityOptions = {}): SecurityOptions => ({
  "security.protocol": "SSL",
  "ssl.ca.location": kafka.certificates.ca,
  "ssl.certificate.location": kafka.certificates.client.cert,
  "ssl.key.location": kafka.certificates.client.key,
  ...more,
});
const token = (file: string): SecurityOptions => ({
  "security.protocol": "SASL_SSL",
  "sasl.mechanism": "OAUTHBEARER",
  "sasl.oauthbearer.token.endpoint.url": `file://${join(dir.path, file)}`,
  "ssl.ca.location": kafka.certificates.ca,
});
const registryByUser = (): SecurityOptions => ({
  "schema.registry.basic.auth.user.info": `${registryUser.username}:${registryUser.password}`,
  "schema.registry.ssl.ca.location": kafka.certificates.ca,
});

interface Place {
  readonly client: (typeof clients)[number];
  readonly brokers: string;
  readonly security: SecurityOptions;
  readonly url?: string;
}
const open = ({ client, brokers, security, url = "http://localhost:1" }: Place) =>
  connect(settingsOf({ brokers: [brokers], registry: url, security, kafkaClient: client, dir: dir.path }), {
    outages: new Outages(),
    log: silent,
  });

let topics = 0;
/** Makes a topic, and writes and reads a record of it. */
async function useTopic(place: Place): Promise<number> {
  const connection = await open(place);
  try {
    const { backbone } = connection;
    const topic = `secure-${topics++}`;
    await backbone.ensureTopics([{ name: topic, partitions: 1, cleanup: "delete" }]);
    const producer = await backbone.producer();
    await producer.send([{ topic, partition: 0, key: null, value: Buffer.from("a"), headers: {}, timestamp: 1 }]);
    const reader = await backbone.reader([{ topic, partition: 0, offset: 0 }]);
    for (;;) {
      const fetched = await reader.poll(1_000);
      if (fetched.length > 0) return fetched[0]!.records.length;
    }
  } finally {
    await connection.close();
  }
}

describe.each(clients)("over %s", (client) => {
  test.each<[string, Listener, () => SecurityOptions]>([
    ["SCRAM-SHA-512", "saslSsl", () => scram()],
    ["SCRAM-SHA-256", "saslSsl", () => scram({ "sasl.mechanism": "scram-sha-256" })],
    [
      "PLAIN",
      "saslSsl",
      () => scram({ "sasl.mechanism": "PLAIN", "sasl.username": "plain", "sasl.password": users.plain }),
    ],
    ["OAUTHBEARER", "saslSsl", () => token("token")],
    ["a client certificate", "mutual", () => mutual()],
    [
      "a client certificate with an encrypted key",
      "mutual",
      () => mutual({ "ssl.key.location": kafka.certificates.encryptedKey, "ssl.key.password": keyPassword }),
    ],
  ])("records are written and read with %s", async (_name, listener, security) => {
    expect(await useTopic({ client, brokers: kafka[listener], security: security() })).toBe(1);
  });

  test.each<[string, Listener, () => SecurityOptions, string, RegExp]>([
    [
      "a wrong password",
      "saslSsl",
      () => scram({ "sasl.password": "not-of-the-loop" }),
      "AUTHENTICATION_FAILED",
      /invalid credentials.*sasl\.password/i,
    ],
    [
      "a wrong password of PLAIN",
      "saslSsl",
      () => scram({ "sasl.mechanism": "PLAIN", "sasl.password": "not-of-the-loop" }),
      "AUTHENTICATION_FAILED",
      /Invalid username or password/,
    ],
    ["a token that is none", "saslSsl", () => token("old-token"), "AUTHENTICATION_FAILED", /invalid_token/],
    [
      "no client certificate",
      "mutual",
      () => ({ "security.protocol": "SSL", "ssl.ca.location": kafka.certificates.ca }),
      "AUTHENTICATION_FAILED",
      /wants one.*ssl\.certificate\.location/,
    ],
    [
      "a stranger's certificate",
      "mutual",
      () =>
        mutual({
          "ssl.certificate.location": kafka.certificates.stranger.cert,
          "ssl.key.location": kafka.certificates.stranger.key,
        }),
      "AUTHENTICATION_FAILED",
      /refuses the client's certificate/,
    ],
    [
      "an unknown CA",
      "saslSsl",
      () => scram({ "ssl.ca.location": kafka.certificates.otherCa }),
      "UNTRUSTED_CERTIFICATE",
      /not signed by a CA.*ssl\.ca\.location/,
    ],
    ["plain text to a TLS port", "saslSsl", () => ({}), "SECURITY_MISMATCH", /speaks TLS.*SASL_SSL/],
    ["TLS to a plain port", "plain", () => ({ "security.protocol": "SSL" }), "SECURITY_MISMATCH", /not speak TLS/],
    [
      "no login where one is wanted",
      "saslSsl",
      () => ({ "security.protocol": "SSL", "ssl.ca.location": kafka.certificates.ca }),
      "SECURITY_MISMATCH",
      /wants a login.*SASL_SSL.*SCRAM-SHA-512/,
    ],
    [
      "a login where there is none",
      "mutual",
      () => scram(mutual({ "security.protocol": "SASL_SSL" })),
      "SECURITY_MISMATCH",
      /has no SASL/,
    ],
    [
      "a user without rights",
      "saslSsl",
      () => scram({ "sasl.username": "guest", "sasl.password": users.guest }),
      "ACCESS_DENIED",
      /no right.*topic/,
    ],
  ])("%s is told within seconds, with its code and the next step", async (_name, listener, security, code, reason) => {
    const from = performance.now();
    const used = useTopic({ client, brokers: kafka[listener], security: security() });
    await expect(used).rejects.toMatchObject({ code, flags: { retry: true, byHand: true } });
    await expect(used).rejects.toThrow(reason);
    expect(performance.now() - from).toBeLessThan(5_000);
  });

  test("a right that is missing for a group or a transaction is told with it", async () => {
    const { backbone, close } = await open({ client, brokers: kafka.saslSsl, security: scram() });
    await backbone.ensureTopics([{ name: "secure-group", partitions: 1, cleanup: "delete" }]);
    await close();
    const security = scram({ "sasl.username": "guest", "sasl.password": users.guest });
    const guest = await open({ client, brokers: kafka.saslSsl, security });
    const denied = { code: "ACCESS_DENIED" };
    await expect(guest.backbone.producer({ transactionalId: "secure" })).rejects.toMatchObject(denied);
    await expect(guest.backbone.committed("secure", ["secure-group"])).rejects.toMatchObject(denied);
    await guest.close();
  });

  test("more copies than there are brokers are refused with the setting", async () => {
    const settings = settingsOf({
      ...{ brokers: [kafka.saslSsl], registry: "http://localhost:1", security: scram(), kafkaClient: client },
      replicationFactor: 3,
    });
    const connection = await connect(settings, { outages: new Outages(), log: silent });
    const made = connection.backbone.ensureTopics([{ name: `copies-${client}`, partitions: 1, cleanup: "delete" }]);
    await expect(made).rejects.toMatchObject({ code: "TOPOLOGY_INVALID" });
    await expect(made).rejects.toThrow(/replication\.factor|replicationFactor/);
    await connection.close();
  });
});

const flagsOf = (security: SecurityOptions): string[] =>
  Object.entries(security).flatMap(([name, value]) => [`--${name.replaceAll(".", "-")}`, value!]);
const asked = (id: string): string[] => [
  ...["decide", "--use-case", "flight-delays", "--unit", "UA1", "--id", id, "--default", "false", "--json"],
  ...["--timeout", "60000", "carrier=UA", "origin=EWR", "dest=IAH", "distance=1400"],
];

/** Starts the loop, and asks it from a process of its own, both with these flags alone. */
async function startAndAsk(id: string, place: readonly string[]): Promise<Ran> {
  const loop = startLoopstream(["start", "--json", "--blueprint", flights.blueprint, ...place]);
  try {
    await loop.says("the loop is running");
    const decided = await loopstream([...asked(id), ...place]);
    loop.send("SIGTERM");
    expect((await loop.ended()).code, loop.said()).toBe(0);
    for (const secret of [users.loop, registryUser.password, registryToken]) {
      expect(loop.said() + decided.stdout + decided.stderr).not.toContain(secret);
    }
    return decided;
  } finally {
    loop.kill();
  }
}

describe.each(clients)("the command line over %s", (client) => {
  test("starts the loop and decides with SCRAM and a registry with a user, by flags alone", async () => {
    const { "sasl.password": _inFile, ...login } = scram();
    const { "schema.registry.basic.auth.user.info": _too, ...ofRegistry } = registryByUser();
    const files: SecurityOptions = {
      "sasl.password.file": join(dir.path, "password"),
      "schema.registry.basic.auth.user.info.file": join(dir.path, "user-info"),
    };
    const decided = await startAndAsk(`${client}-flags`, [
      ...["--brokers", kafka.saslSsl, "--registry", registry.url, "--dir", join(dir.path, `${client}-flags`)],
      ...["--kafka-client", client, "--replication-factor", "1", "--min-insync-replicas", "1"],
      ...flagsOf({ ...login, ...ofRegistry, ...files }),
    ]);
    expect(decided.json, decided.stderr).toMatchObject({ decisionId: `${client}-flags`, reason: "noModel" });
  });

  test("starts the loop and decides with a client certificate and a registry with a token, by YAML alone", async () => {
    const security = {
      ...mutual(),
      "schema.registry.bearer.auth.token": registryToken,
      "schema.registry.ssl.ca.location": kafka.certificates.ca,
    };
    const config = join(dir.path, `${client}.yaml`);
    const lines = Object.entries(security).map(([name, value]) => `  ${name}: ${value}\n`);
    const place = `brokers: [${kafka.mutual}]\nregistry: ${registry.url}\ndir: ${join(dir.path, `${client}-yaml`)}\n`;
    const topics = "replicationFactor: 1\nminInsyncReplicas: 1\n";
    writeFileSync(config, `${place}${topics}kafka: { client: ${client} }\nsecurity:\n${lines.join("")}`);
    const decided = await startAndAsk(`${client}-yaml`, ["--config", config]);
    expect(decided.json, decided.stderr).toMatchObject({ decisionId: `${client}-yaml`, reason: "noModel" });
  });
});

const SHOP = (useCase: string): string => `useCase: ${useCase}
decisionSpace: boolean
context: { price: number }
features: [price]
observations: { amount: number }
label: { name: sale, value: amount > 5, wait: 1h }
policy: { decide: sale > 0.5 }
training: { schedule: none, freshRows: none, minRows: 1000000 }
`;
const DECISIONS = 20;

test.each(clients)(
  "history is imported over %s to a listener with TLS and a login, and exported, audited, replayed and read from there, by flags alone",
  { timeout: 900_000 },
  async (client) => {
    const useCase = `shop-${client}`;
    const file = (name: string, text = ""): string => {
      const path = join(dir.path, `${client}-${name}`);
      writeFileSync(path, text);
      return path;
    };
    const minute = (at: number): string => new Date(Date.UTC(2026, 0, 1, 0, at)).toISOString();
    const lines = (head: string, line: (at: number) => string): string =>
      [head, ...Array.from({ length: DECISIONS }, (_, at) => line(at))].join("\n");
    const decisions = file(
      "decisions.csv",
      lines("decision_id,decision_ts,price", (at) => `${useCase}-${at},${minute(at)},${at}`),
    );
    const observations = file(
      "observations.csv",
      lines("decision_id,event_ts,amount", (at) => `${useCase}-${at},${minute(30 + at)},${at}`),
    );
    const place = [
      ...["--brokers", kafka.saslSsl, "--registry", registry.url, "--dir", join(dir.path, `${client}-history`)],
      ...["--kafka-client", client, ...flagsOf({ ...scram(), ...registryByUser() })],
    ];
    const run = async (...command: readonly string[]): Promise<Ran["json"]> => {
      const { code, json, stderr } = await loopstream([...command, "--json", ...place]);
      expect(code, `${command.join(" ")}\n${stderr}`).toBe(0);
      expect(stderr).not.toContain(users.loop);
      return json;
    };
    const of = ["--use-case", useCase];
    await run("blueprint", "publish", file("shop.yaml", SHOP(useCase)));
    const files = ["--decisions", decisions, "--observations", observations];
    const counts = { decisions: DECISIONS, observations: DECISIONS, badLines: 0 };
    expect(await run("import", ...of, ...files, "--run")).toMatchObject(counts);
    const [rows, made, audited, replayed] = await Promise.all([
      run("rows", ...of, "--out", file("rows.parquet")),
      run("decisions", ...of, "--out", file("decisions.parquet")),
      run("audit", ...of, "--sample", "100%"),
      run("replay", ...of),
    ]);
    expect(rows).toMatchObject({ rows: DECISIONS, leftOut: [] });
    expect(made).toMatchObject({ decisions: DECISIONS });
    expect(audited).toMatchObject({ sampled: DECISIONS, differing: 0, differences: [] });
    expect(replayed).toMatchObject({ decisions: DECISIONS, rows: { provisional: DECISIONS }, deadLetters: 0 });
    const again = ["--topic", replayed["rowsTopic"] as string, "--out", file("replayed.parquet")];
    const [ofReplay, topics] = await Promise.all([run("rows", ...of, ...again), run("topics")]);
    expect(ofReplay).toMatchObject({ rows: DECISIONS });
    expect(readFileSync(join(dir.path, `${client}-replayed.parquet`))).toEqual(
      readFileSync(join(dir.path, `${client}-rows.parquet`)),
    );
    const names = (topics as unknown as { readonly topic: string }[]).map(({ topic }) => topic);
    expect(names).toEqual(expect.arrayContaining([`training-rows.${useCase}`, replayed["rowsTopic"]]));
  },
);

test("a product opens the loop by options, and every other command by flags", async () => {
  const loop = await openLoopstream({
    ...{ brokers: [kafka.saslSsl], registry: registry.url, dir: join(dir.path, "product") },
    security: { ...scram(), ...registryByUser() },
  });
  try {
    const context = { carrier: "UA", origin: "EWR", dest: "IAH", distance: 1_400 };
    expect(await loop.getDecision("flight-delays", { unit: "UA1", context }, { timeout: 20_000 })).toMatchObject({
      reason: "noModel",
    });
  } finally {
    await loop.close();
  }
  const place = ["--brokers", kafka.mutual, "--registry", registry.url, "--dir", join(dir.path, "commands")];
  const flags = [...place, ...flagsOf({ ...mutual(), ...registryByUser() })];
  const ran = await Promise.all(
    [["topics"], ["models"], ["blueprint", "list"], ["rows", "--use-case", "flight-delays", "--out", "-"]].map(
      (command) => loopstream([...command, ...flags]),
    ),
  );
  expect(
    ran.map(({ code }) => code),
    ran.map(({ stderr }) => stderr).join("\n"),
  ).toEqual([0, 0, 0, 0]);
});

test("the rights that the documentation lists are enough for the loop and a client in it", async () => {
  const admin = new Kafka({ brokers: [kafka.plain], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const { READ, WRITE, CREATE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS } = AclOperationTypes;
  const { TOPIC, GROUP, CLUSTER, TRANSACTIONAL_ID } = AclResourceTypes;
  const rights: [AclResourceTypes, string, ResourcePatternTypes, AclOperationTypes[]][] = [
    [TOPIC, "*", ResourcePatternTypes.LITERAL, [READ, WRITE, CREATE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS]],
    [GROUP, "limited", ResourcePatternTypes.LITERAL, [READ]],
    [TRANSACTIONAL_ID, "limited", ResourcePatternTypes.PREFIXED, [WRITE, DESCRIBE]],
    [CLUSTER, "kafka-cluster", ResourcePatternTypes.LITERAL, [DESCRIBE]],
  ];
  const of = { principal: "User:limited", host: "*", permissionType: AclPermissionTypes.ALLOW };
  await admin.createAcls({
    acl: rights.flatMap(([resourceType, resourceName, resourcePatternType, operations]) =>
      operations.map((operation) => ({ ...of, resourceType, resourceName, resourcePatternType, operation })),
    ),
  });
  await admin.disconnect();
  const loop = await openLoopstream({
    ...{ brokers: [kafka.saslSsl], registry: registry.url, dir: join(dir.path, "limited"), id: "limited" },
    security: { ...scram({ "sasl.username": "limited", "sasl.password": users.limited }), ...registryByUser() },
  });
  const context = { carrier: "UA", origin: "EWR", dest: "IAH", distance: 1_400 };
  const decided = await loop.getDecision("flight-delays", { unit: "UA1", context }, { timeout: 20_000 });
  expect(decided).toMatchObject({ reason: "noModel" });
  await loop.close();
});

test.each<[string, () => SecurityOptions, string, RegExp]>([
  [
    "a wrong password",
    () => ({ ...registryByUser(), "schema.registry.basic.auth.user.info": "schemas:wrong-one" }),
    "AUTHENTICATION_FAILED",
    /refuses the user or the token.*basic\.auth\.user\.info/,
  ],
  ["nobody", () => ({ "schema.registry.ssl.ca.location": kafka.certificates.ca }), "AUTHENTICATION_FAILED", /401/],
  [
    "a wrong token",
    () => ({
      "schema.registry.bearer.auth.token": "wrong-one",
      "schema.registry.ssl.ca.location": kafka.certificates.ca,
    }),
    "AUTHENTICATION_FAILED",
    /bearer\.auth\.token/,
  ],
  [
    "a user without rights",
    () => ({ ...registryByUser(), "schema.registry.basic.auth.user.info": "guest:guest-1" }),
    "ACCESS_DENIED",
    /does not allow/,
  ],
  ["an unknown CA", () => ({}), "UNTRUSTED_CERTIFICATE", /schema\.registry\.ssl\.ca\.location/],
])("a registry tells %s within seconds", async (_name, security, code, reason) => {
  const place = { client: "platformatic", brokers: kafka.saslSsl, url: registry.url } as const;
  const connection = await open({ ...place, security: scram(security()) });
  const asked = connection.registry.subjects();
  await expect(asked).rejects.toMatchObject({ code, flags: { retry: true, byHand: true } });
  await expect(asked).rejects.toThrow(reason);
  await connection.close();
});

test("plain text to a registry with TLS, and TLS to one without, are told", async () => {
  const place = { client: "platformatic", brokers: kafka.saslSsl, security: scram() } as const;
  for (const [url, reason] of [
    [registry.url.replace("https:", "http:"), /speaks TLS.*https/],
    [inject("registry").replace("http:", "https:"), /not speak TLS.*http:/],
  ] as const) {
    const connection = await open({ ...place, url });
    const asked = connection.registry.subjects();
    await expect(asked).rejects.toMatchObject({ code: "SECURITY_MISMATCH" });
    await expect(asked).rejects.toThrow(reason);
    await connection.close();
  }
});

test.each<[string, () => SecurityOptions]>([
  ["broker", () => scram({ "sasl.password": "wrong-one" })],
  ["registry", () => scram({ ...registryByUser(), "schema.registry.basic.auth.user.info": "schemas:wrong-one" })],
])("a start with a wrong password for the %s ends at once, with exit code 2 and the reason", async (_of, security) => {
  const from = performance.now();
  const place = ["--brokers", kafka.saslSsl, "--registry", registry.url, "--dir", join(dir.path, "wrong")];
  const { code, json, stderr } = await loopstream(["start", "--json", ...place, ...flagsOf(security())]);
  expect({ code, ...json }, stderr).toMatchObject({ code: "AUTHENTICATION_FAILED", error: expect.any(String) });
  expect(code).toBe(2);
  expect(stderr).not.toContain("wrong-one");
  expect(performance.now() - from).toBeLessThan(streamsLimits.startPatienceMs / 2);
});

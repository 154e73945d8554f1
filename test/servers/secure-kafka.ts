import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificates, type Certificates } from "./certificates.ts";
import { startNode } from "./kafka.ts";
import { freePorts } from "./ports.ts";

export interface SecureKafka {
  /** `host:port` of listeners. */
  readonly plain: string;
  readonly saslSsl: string;
  /** With client certificates. */
  readonly mutual: string;
  readonly certificates: Certificates;
  /** A folder for files of a test. */
  readonly dir: string;
  stop(): Promise<void>;
}

/** Users of the login listener. `loop` may do all, `guest` nothing, `limited` as its test says; `plain` is a user of PLAIN alone. */
export const users = {
  loop: "of-the-loop-1",
  guest: "of-the-guest-1",
  limited: "of-the-limited-1",
  plain: "of-plain-1",
} as const;

const modules = "org.apache.kafka.common.security";

/** A real Apache Kafka with a listener for each security protocol, users for each mechanism, and ACLs. */
export async function startSecureKafka(): Promise<SecureKafka> {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-secure-"));
  const [port, controllerPort, login, mutual] = (await freePorts(4)) as [number, number, number, number];
  const certificates = await makeCertificates(dir);
  const own = "listener.name.login";
  const node = await startNode(
    dir,
    { id: 1, port, controllerPorts: [controllerPort] },
    {
      properties: {
        listeners: [
          `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
          `LOGIN://127.0.0.1:${login},MUTUAL://127.0.0.1:${mutual}`,
        ].join(","),
        "advertised.listeners": `PLAINTEXT://127.0.0.1:${port},LOGIN://localhost:${login},MUTUAL://127.0.0.1:${mutual}`,
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOGIN:SASL_SSL,MUTUAL:SSL",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": certificates.serverStore,
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": certificates.ca,
        "listener.name.mutual.ssl.client.auth": "required",
        "ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/,DEFAULT",
        [`${own}.sasl.enabled.mechanisms`]: "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
        [`${own}.plain.sasl.jaas.config`]: `${modules}.plain.PlainLoginModule required user_plain="${users.plain}";`,
        [`${own}.scram-sha-256.sasl.jaas.config`]: `${modules}.scram.ScramLoginModule required;`,
        [`${own}.scram-sha-512.sasl.jaas.config`]: `${modules}.scram.ScramLoginModule required;`,
        [`${own}.oauthbearer.sasl.jaas.config`]: `${modules}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="loop";`,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS;User:loop;User:plain",
      },
      format: (["loop", "guest", "limited"] as const).flatMap((name) =>
        ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) => [
          "--add-scram",
          `${mechanism}=[name=${name},password=${users[name]}]`,
        ]),
      ),
    },
  );
  return {
    ...{ plain: node.brokers, saslSsl: `localhost:${login}`, mutual: `127.0.0.1:${mutual}`, certificates, dir },
    async stop() {
      await node.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A token as Kafka takes it where no issuer is named: unsigned, for an hour. */
export function unsignedToken(subject: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1_000);
  return `${part({ alg: "none" })}.${part({ sub: subject, iat: now, exp: now + 3_600 })}.`;
}

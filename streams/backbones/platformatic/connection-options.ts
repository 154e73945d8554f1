import { isIP } from "node:net";
import type { ConnectionOptions, SASLOptions } from "@platformatic/kafka";
import { refusedToken } from "../kafka/cluster/bearer-login.ts";
import { StreamsError } from "../../errors.ts";
import type { KafkaSettings } from "../kafka/cluster/options.ts";

const connectTimeout = 3_000;
/** More would wait in the client. */
const maxInflights = 100;

/** The backbone's settings in the library's words. */
export function connectionOptions(settings: KafkaSettings): ConnectionOptions {
  const { ssl, brokers } = settings;
  const named = brokers.some((broker) => isIP(broker.slice(0, broker.lastIndexOf(":"))) === 0);
  return {
    connectTimeout,
    maxInflights,
    ...(ssl === false ? {} : { tls: ssl === true ? {} : ssl, tlsServerName: named }),
    ...(settings.sasl === undefined ? {} : { sasl: saslOptions(settings.sasl) }),
  };
}

function saslOptions(sasl: NonNullable<KafkaSettings["sasl"]>): SASLOptions {
  switch (sasl.mechanism) {
    case "plain":
      return { mechanism: "PLAIN", username: sasl.username, password: sasl.password };
    case "scram-sha-256":
      return { mechanism: "SCRAM-SHA-256", username: sasl.username, password: sasl.password };
    case "scram-sha-512":
      return { mechanism: "SCRAM-SHA-512", username: sasl.username, password: sasl.password };
    case "oauthbearer": {
      const { oauthBearerProvider } = sasl;
      return {
        mechanism: "OAUTHBEARER",
        token: async () => (await oauthBearerProvider()).value,
        authBytesValidator: (answer, callback) => callback(refusedToken(answer) ?? null, answer),
      };
    }
    case "aws":
      throw new StreamsError(
        "TOPOLOGY_INVALID",
        `sasl: this client has no mechanism ${sasl.mechanism}; use plain, scram-sha-256, scram-sha-512, oauthbearer or the kafkajs client`,
      );
  }
}

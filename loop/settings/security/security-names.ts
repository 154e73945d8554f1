/** One setting of security. Its name is librdkafka's or Java's; the flag is `--` and the name, with dashes for dots. */
interface SecurityName {
  readonly help: string;
  /** The environment variable. */
  readonly variable: string;
  /** A password or the like: a setting beside it, with `.file` behind the name, names a file that holds it. */
  readonly secret?: true;
}

const ofKafka = {
  "security.protocol": {
    help: "PLAINTEXT (default), SSL, SASL_PLAINTEXT or SASL_SSL",
    variable: "KAFKA_SECURITY_PROTOCOL",
  },
  "sasl.mechanism": {
    help: "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER",
    variable: "KAFKA_SASL_MECHANISM",
  },
  "sasl.username": { help: "user for PLAIN and SCRAM", variable: "KAFKA_SASL_USERNAME" },
  "sasl.password": { help: "password for PLAIN and SCRAM", variable: "KAFKA_SASL_PASSWORD", secret: true },
  "sasl.oauthbearer.token.endpoint.url": {
    help: "URL that gives tokens for OAUTHBEARER, or file:///path of a token",
    variable: "KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL",
  },
  "sasl.oauthbearer.client.id": { help: "client at that URL", variable: "KAFKA_SASL_OAUTHBEARER_CLIENT_ID" },
  "sasl.oauthbearer.client.secret": {
    help: "secret of that client",
    variable: "KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET",
    secret: true,
  },
  "sasl.oauthbearer.scope": { help: "scope of the token", variable: "KAFKA_SASL_OAUTHBEARER_SCOPE" },
  "ssl.ca.location": {
    help: "PEM file of the CA of the brokers (absent: the CAs that Node.js trusts)",
    variable: "KAFKA_SSL_CA",
  },
  "ssl.certificate.location": { help: "PEM file of the client's certificate", variable: "KAFKA_SSL_CERT" },
  "ssl.key.location": { help: "PEM file of its private key", variable: "KAFKA_SSL_KEY" },
  "ssl.key.password": { help: "password of that key", variable: "KAFKA_SSL_KEY_PASSWORD", secret: true },
  "ssl.endpoint.identification.algorithm": {
    help: "none: don't compare the host name with the certificate (default https)",
    variable: "KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM",
  },
} as const satisfies Readonly<Record<string, SecurityName>>;

const ofRegistry = {
  "schema.registry.basic.auth.user.info": {
    help: "user:password at the registry",
    variable: "SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO",
    secret: true,
  },
  "schema.registry.bearer.auth.token": {
    help: "token for the registry",
    variable: "SCHEMA_REGISTRY_BEARER_AUTH_TOKEN",
    secret: true,
  },
  "schema.registry.ssl.ca.location": { help: "PEM file of the CA of the registry", variable: "SCHEMA_REGISTRY_SSL_CA" },
  "schema.registry.ssl.certificate.location": {
    help: "PEM file of the client's certificate for the registry",
    variable: "SCHEMA_REGISTRY_SSL_CERT",
  },
  "schema.registry.ssl.key.location": {
    help: "PEM file of its private key",
    variable: "SCHEMA_REGISTRY_SSL_KEY",
  },
  "schema.registry.ssl.key.password": {
    help: "password of that key",
    variable: "SCHEMA_REGISTRY_SSL_KEY_PASSWORD",
    secret: true,
  },
} as const satisfies Readonly<Record<string, SecurityName>>;

const named = { ...ofKafka, ...ofRegistry };
type Named = typeof named;
type SecretName = { [K in keyof Named]: Named[K] extends { readonly secret: true } ? K : never }[keyof Named];
export type SecuritySetting = keyof Named | `${SecretName}.file`;

/** Settings of security by their names. */
export type SecurityOptions = { readonly [K in SecuritySetting]?: string | undefined };

/** Every setting, with those that name a file behind each secret. */
export const securityNames: ReadonlyMap<SecuritySetting, SecurityName> = new Map(
  Object.entries(named as Readonly<Record<keyof Named, SecurityName>>).flatMap(([name, one]) => [
    [name as SecuritySetting, one] as const,
    ...(one.secret === true
      ? [
          [
            `${name}.file` as SecuritySetting,
            { help: `file that holds it: ${one.help}`, variable: `${one.variable}_FILE` },
          ] as const,
        ]
      : []),
  ]),
);

export const isSecuritySetting = (name: string): name is SecuritySetting => securityNames.has(name as SecuritySetting);

export const flagOfSecurity = (name: SecuritySetting): string => `--${name.replaceAll(".", "-")}`;

/** Names of Java's client and of librdkafka that have another one here, or none. */
const others: Readonly<Record<string, string>> = {
  "sasl.mechanisms": "write sasl.mechanism",
  "sasl.jaas.config": "write sasl.username and sasl.password",
  "ssl.truststore.location": "write ssl.ca.location, a PEM file of the CA",
  "ssl.truststore.certificates": "write ssl.ca.location, which takes the PEM text too",
  "ssl.ca.pem": "write ssl.ca.location, which takes the PEM text too",
  "ssl.keystore.location": "write ssl.certificate.location and ssl.key.location, PEM files",
  "ssl.keystore.certificate.chain": "write ssl.certificate.location, which takes the PEM text too",
  "ssl.certificate.pem": "write ssl.certificate.location, which takes the PEM text too",
  "ssl.keystore.key": "write ssl.key.location, which takes the PEM text too",
  "ssl.key.pem": "write ssl.key.location, which takes the PEM text too",
  "enable.ssl.certificate.verification": "certificates are always checked; write ssl.ca.location",
  "basic.auth.user.info": "write schema.registry.basic.auth.user.info",
  "basic.auth.credentials.source": "leave it out; write schema.registry.basic.auth.user.info",
  "bearer.auth.token": "write schema.registry.bearer.auth.token",
};

/** The way out for a name that is no setting here. */
export function otherName(name: string, guess: string | null): string {
  const known = Object.hasOwn(others, name) ? others[name] : undefined;
  return known ?? (guess === null ? "docs/kafka.md lists those there are" : `did you mean ${guess}?`);
}

import type { AuthenticationProviderArgs, Authenticator, Mechanism, SASLOptions } from "kafkajs";
import { StreamsError } from "../../../errors.ts";

/**
 * The error in a broker's answer to a token. A broker that refuses a token answers with the reason and no error code,
 * and ends the connection at the next request; both client libraries take that answer for a success.
 */
export function refusedToken(answer: Buffer): StreamsError | undefined {
  if (answer.length === 0) return undefined;
  const said = answer.toString("utf8", 0, 200);
  const next = "Check that the token is for this broker, and not out of date";
  return new StreamsError("AUTHENTICATION_FAILED", `the broker refuses the token: ${said}. ${next}`);
}

type Oauth = Extract<SASLOptions, { readonly mechanism: "oauthbearer" }>;

/** kafkajs' login by a token, with a look at the broker's answer. */
export function bearerLogin({ oauthBearerProvider }: Oauth): Mechanism {
  const authenticationProvider = ({ saslAuthenticate }: AuthenticationProviderArgs): Authenticator => ({
    async authenticate() {
      const { value } = await oauthBearerProvider();
      const answer = await saslAuthenticate<Buffer>({
        request: { encode: () => withLength(Buffer.from(`n,,\x01auth=Bearer ${value}\x01\x01`)) },
        // The length comes first.
        response: { decode: (bytes) => bytes.subarray(4), parse: (bytes) => bytes as never },
      });
      const refused = refusedToken(answer ?? Buffer.alloc(0));
      if (refused !== undefined) throw refused;
    },
  });
  return { mechanism: "oauthbearer", authenticationProvider };
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Certificates {
  /** PEM files. */
  readonly ca: string;
  /** Of a CA that signed nothing. */
  readonly otherCa: string;
  readonly server: { readonly cert: string; readonly key: string };
  /** For another host than this one. */
  readonly elsewhere: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
  /** The client's key once more, encrypted with `keyPassword`. */
  readonly encryptedKey: string;
  /** Signed by the other CA. */
  readonly stranger: { readonly cert: string; readonly key: string };
  /** Key and certificate of the server in one file, as Kafka reads them. */
  readonly serverStore: string;
}

export const keyPassword = "of-the-key-1";

const openssl = (...args: readonly string[]): Promise<unknown> => promisify(execFile)("openssl", [...args]);
const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** Two CAs, and certificates for a server and clients, made anew in `dir` by openssl. */
export async function makeCertificates(dir: string): Promise<Certificates> {
  const at = (name: string): string => join(dir, name);
  const makeCa = async (name: string): Promise<string> => {
    const subject = ["-subj", `/CN=${name}`, "-days", "2"];
    await openssl("req", "-x509", ...curve, ...subject, "-keyout", at(`${name}.key`), "-out", at(`${name}.pem`));
    return at(`${name}.pem`);
  };
  const sign = async (name: string, by: string, names?: string): Promise<{ cert: string; key: string }> => {
    const [cert, key, request, more] = [at(`${name}.pem`), at(`${name}.key`), at(`${name}.csr`), at(`${name}.ext`)];
    await openssl("req", ...curve, "-subj", `/CN=${name}`, "-keyout", key, "-out", request);
    writeFileSync(more, names === undefined ? "basicConstraints=CA:FALSE\n" : `subjectAltName=${names}\n`);
    const ca = ["-CA", at(`${by}.pem`), "-CAkey", at(`${by}.key`), "-CAcreateserial"];
    await openssl("x509", "-req", "-in", request, ...ca, "-days", "2", "-extfile", more, "-out", cert);
    return { cert, key };
  };
  const [ca, otherCa] = [await makeCa("ca"), await makeCa("other-ca")];
  const server = await sign("server", "ca", "DNS:localhost,IP:127.0.0.1");
  const elsewhere = await sign("elsewhere", "ca", "DNS:elsewhere.invalid");
  const client = await sign("loop", "ca");
  const stranger = await sign("stranger", "other-ca");
  const encryptedKey = at("loop-encrypted.key");
  await openssl("pkey", "-in", client.key, "-aes256", "-passout", `pass:${keyPassword}`, "-out", encryptedKey);
  const serverStore = at("server-store.pem");
  writeFileSync(serverStore, readFileSync(server.key, "utf8") + readFileSync(server.cert, "utf8"));
  return { ca, otherCa, server, elsewhere, client, encryptedKey, stranger, serverStore };
}

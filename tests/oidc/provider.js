// An OpenID Provider for tests/sign_in.rs: `node provider.js PORT REDIRECT_URI`. Anybody signs in with any password; the
// login says what the provider knows of them: `unverified-…` has an address that was not verified, `boss-…` is in the
// group `support`, and `shy-…` has no address. Each start has keys of its own.

import { generateKeyPairSync, randomUUID } from "node:crypto";
import Provider from "oidc-provider";

const [port, redirect] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: randomUUID() };

function claims(login) {
  return {
    sub: login,
    email: login.startsWith("shy-") ? undefined : `${login}@support.example`,
    email_verified: !login.startsWith("unverified-"),
    groups: login.startsWith("boss-") ? ["staff", "support"] : ["staff"],
  };
}

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "brievenbus",
      client_secret: "a-secret-of-the-tests",
      redirect_uris: [redirect],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], groups: ["groups"] },
  scopes: ["openid", "email", "groups"],
  jwks: { keys: [key] },
  cookies: { keys: [randomUUID()] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, login) => ({ accountId: login, claims: () => claims(login) }),
});

provider.listen(Number(port), "127.0.0.1", () => console.log(`listening on ${issuer}`));

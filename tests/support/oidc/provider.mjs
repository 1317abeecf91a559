// An identity provider for tests: oidc-provider (certified for OpenID Connect) on a port of 127.0.0.1 of its own choice.
//
//   node provider.mjs PEOPLE.json PACKAGES < {"client": ..., "secret": ..., "redirect": ...}
//
// PEOPLE.json holds claims by login and is read at each request, so that a test can change them. PKCE is required.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [, , people, packages] = process.argv;
const { default: Provider } = await import(pathToFileURL(`${packages}/oidc-provider/lib/index.js`));
const lab = JSON.parse(readFileSync(0, 'utf8'));
const server = createServer();
await new Promise((started) => server.listen(0, '127.0.0.1', started));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: lab.client,
    client_secret: lab.secret,
    redirect_uris: [lab.redirect],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
  scopes: ['openid', 'profile', 'groups'],
  pkce: { required: () => true },
  findAccount(_, id) {
    const claims = JSON.parse(readFileSync(people, 'utf8'))[id];
    return claims && { accountId: id, claims: () => ({ sub: id, ...claims }) };
  },
  // Whoever signs in agrees: what is asked of a person is not under test.
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope('openid profile groups');
    await grant.save();
    return grant;
  },
});
server.on('request', provider.callback());
console.log(issuer);

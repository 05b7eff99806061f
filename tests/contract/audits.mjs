// Asks a server every question of the official audits of GraphQL over HTTP; prints what it fails, as JSON.
// Usage: node audits.mjs FOLDER-WITH-NODE_MODULES URL AUTHORIZATION
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [folder, url, authorization] = process.argv.slice(2);
const { serverAudits } = createRequire(pathToFileURL(folder + '/'))('graphql-http');
const fetchFn = (input, init = {}) =>
  fetch(input, { ...init, headers: { ...(init.headers ?? {}), authorization } });

const results = [];
for (const audit of serverAudits({ url, fetchFn })) {
  const { id, name, status } = await audit.fn();
  results.push({ id, name, status });
}
console.log(JSON.stringify(results));

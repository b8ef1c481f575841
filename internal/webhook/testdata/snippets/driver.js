// Judges each case on standard input with the functions of docs/webhooks.md.
const { verifyStandard, verifyHeader, verifyMember } = require("./verify.js");

for (const c of JSON.parse(require("node:fs").readFileSync(0, "utf8"))) {
  const body = Buffer.from(c.body);
  console.log(JSON.stringify([verifyStandard(c.secret, c.headers, body, c.now), verifyHeader(c.secret, c.headers.signature, body),
    verifyMember(c.secret, body)]));
}

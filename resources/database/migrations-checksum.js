'use strict';

const { createHash } = require('node:crypto');
const { readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const directory = join(__dirname, '..', '..', 'sql', 'migrations');

// A digest of the migrations' names and contents, for the custom resource that applies them.
module.exports.checksum = async () => {
  const digest = createHash('sha256');
  for (const name of readdirSync(directory).sort()) {
    digest.update(`${name}\0`).update(readFileSync(join(directory, name)));
  }
  return digest.digest('hex');
};

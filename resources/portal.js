'use strict';

// Builds the portal's pages when they are older than what they are made of, as `make portal` does.

const { execFileSync } = require('node:child_process');
const { existsSync, readdirSync, statSync } = require('node:fs');
const path = require('node:path');

const SOURCES = [
  '../api/openapi.json',
  '../docs/runbook.md',
  'src',
  'public',
  'index.html',
  'runbook.html',
  'package-lock.json',
  'vite.config.ts',
];
// Written by the build itself.
const GENERATED = 'schema.d.ts';

const newest = (file) => {
  const found = statSync(file);
  if (!found.isDirectory()) return path.basename(file) === GENERATED ? 0 : found.mtimeMs;
  return Math.max(...readdirSync(file).map((name) => newest(path.join(file, name))));
};

const isBuilt = (folder) => {
  const start = path.join(folder, 'dist', 'index.html');
  return existsSync(start) && statSync(start).mtimeMs > Math.max(...SOURCES.map((name) => newest(path.join(folder, name))));
};

// Throws an Error that says why the pages cannot be built.
module.exports.buildPortal = (folder) => {
  if (isBuilt(folder)) return;
  const npm = (...words) => execFileSync('npm', ['--prefix', folder, ...words], { stdio: 'pipe', encoding: 'utf8' });
  try {
    if (!existsSync(path.join(folder, 'node_modules'))) npm('ci', '--ignore-scripts', '--no-progress');
    npm('run', '--silent', 'build');
  } catch (error) {
    throw new Error(`The portal cannot be built: ${error.stdout ?? ''}${error.stderr ?? error.message}`);
  }
};

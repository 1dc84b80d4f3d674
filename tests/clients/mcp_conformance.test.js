// `exobrain mcp` before the conformance suite of the Model Context Protocol and the command line of its Inspector. Of the suite
// applies what needs no tool of its own: the other scenarios call tools, resources and prompts that it prescribes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { bridge } from './bridge.js';

const modules = join(dirname(fileURLToPath(import.meta.url)), 'node_modules', '@modelcontextprotocol');
let folder;
let server;

before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'exobrain-mcp-')));
  writeFileSync(join(folder, 'dict.c'), 'int dictFind(int key) {\n    return key;\n}\nint dictAdd(int key) {\n    return dictFind(key);\n}\n');
  server = {
    command: process.env.EXOBRAIN,
    args: ['--home', join(folder, 'home'), '--config', join(folder, 'none.json'), 'mcp', '--project', folder],
  };
  writeFileSync(join(folder, 'none.json'), '{}');
});
after(() => rmSync(folder, { recursive: true, force: true }));

function run(program, args, cwd = folder) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(modules, program), ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (err += data));
    child.on('close', (status) => resolve({ status, out, err }));
  });
}

async function scenario(name, spoil) {
  const http = await bridge(server, spoil);
  try {
    return await run('conformance/dist/index.js', ['server', '--url', http.url, '--scenario', name]);
  } finally {
    await http.close();
  }
}

for (const name of ['server-initialize', 'ping', 'tools-list']) {
  test(`conformance: ${name}`, async () => {
    const { status, out, err } = await scenario(name);
    assert.equal(status, 0, out + err);
  });
}

test('the suite notices a tool without a schema', async () => {
  const { status } = await scenario('tools-list', (message) => {
    for (const tool of message.result?.tools ?? []) delete tool.inputSchema;
    return message;
  });
  assert.notEqual(status, 0);
});

// It looks for its package.json from where it is started.
const inspect = (...args) =>
  run('inspector-cli/build/index.js', [server.command, ...server.args, ...args], join(modules, 'inspector-cli', 'build'));

test('Inspector: the tools are listed', async () => {
  const { status, out, err } = await inspect('--method', 'tools/list');
  assert.equal(status, 0, err);
  assert.ok(JSON.parse(out).tools.some((tool) => tool.name === 'search'));
});

test('Inspector: a tool is called with its arguments', async () => {
  const { status, out, err } = await inspect('--method', 'tools/call', '--tool-name', 'callers', '--tool-arg', 'name=dictFind');
  assert.equal(status, 0, err);
  const answer = JSON.parse(out);
  assert.ok(!answer.isError);
  assert.deepEqual(answer.structuredContent.calls.map((one) => [one.from, one.line]), [['dictAdd', 5]]);
});

test('Inspector: what is not offered is refused', async () => {
  const { status, out, err } = await inspect('--method', 'resources/list');
  assert.notEqual(status, 0);
  assert.match(out + err, /resources/);
});

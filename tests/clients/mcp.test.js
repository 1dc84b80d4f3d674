// The official client of the Model Context Protocol against `exobrain mcp`: handshake, tools and their schemas (the client
// checks each structured answer against the tool's own), bounds, progress, cancellation, a clean end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const exobrain = process.env.EXOBRAIN;
let folder;
let project;
let client;
let transport;

const files = {
  'src/dict.c':
    '#include "dict.h"\n\n/* Adds a pair to the table. */\nint dictAdd(int key) {\n    return key ? dictFind(key) : 0;\n}\n\n' +
    'int dictFind(int key) {\n    return key; /* TODO: a real search */\n}\n',
  'src/dict.h': 'int dictAdd(int key);\nint dictFind(int key);\n',
  'src/main.c': '#include "dict.h"\n\nint main(void) {\n    return dictAdd(1);\n}\n',
};

const command = (...args) => ({
  command: exobrain,
  args: ['--home', join(folder, 'home'), '--config', join(folder, 'none.json'), 'mcp', ...args],
});

before(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'exobrain-mcp-')));
  project = join(folder, 'project');
  mkdirSync(join(project, 'src'), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(project, path), text);
  writeFileSync(join(folder, 'outside.c'), 'int secret;\n');
  writeFileSync(join(folder, 'none.json'), '{}');
  symlinkSync(join(folder, 'outside.c'), join(project, 'src', 'link.c'));
  transport = new StdioClientTransport({ ...command('--project', project), stderr: 'inherit' });
  client = new Client({ name: 'exobrain-tests', version: '1.0.0' });
  await client.connect(transport);
});
after(async () => {
  await client?.close();
  rmSync(folder, { recursive: true, force: true });
});

const call = (name, args = {}, options = undefined) => client.callTool({ name, arguments: args }, undefined, options);

test('the handshake names the server and offers tools only', () => {
  assert.equal(client.getServerVersion().name, 'exobrain');
  assert.deepEqual(Object.keys(client.getServerCapabilities()), ['tools']);
  assert.match(client.getInstructions(), /repo_map/);
});

test('every tool has a description and both schemas, and says that it only reads', async () => {
  const { tools } = await client.listTools(); // from here on the client checks structured answers
  assert.deepEqual(tools.map((tool) => tool.name).sort(), [
    'callers', 'findings', 'list_files', 'metrics', 'outline', 'read_range', 'references', 'repo_map', 'search',
  ]);
  for (const tool of tools) {
    assert.ok(tool.description.length > 40, tool.name);
    assert.equal(tool.inputSchema.type, 'object');
    assert.equal(tool.outputSchema.type, 'object');
    assert.equal(tool.annotations.readOnlyHint, true);
  }
});

test('every tool answers, and its structured answer fits its schema', async () => {
  const answers = {
    search: { query: 'dictAdd' },
    outline: { path: 'src/dict.c' },
    references: { name: 'dictAdd' },
    callers: { name: 'dictAdd' },
    metrics: {},
    findings: {},
    repo_map: { query: 'add a pair' },
    read_range: { path: 'src/dict.c', start_line: 3, end_line: 6 },
    list_files: {},
  };
  for (const [name, args] of Object.entries(answers)) {
    const answer = await call(name, args);
    assert.ok(!answer.isError, `${name}: ${answer.content[0].text}`);
    assert.ok(answer.structuredContent, name);
    assert.ok(answer.content[0].text.length > 0, name);
  }
  const calls = (await call('callers', { name: 'dictAdd' })).structuredContent.calls;
  assert.deepEqual(calls.map((c) => [c.fromPath, c.from, c.line]), [['src/main.c', 'main', 4]]);
  assert.match((await call('search', { query: 'dictAdd' })).content[0].text, /src\/dict\.c:4-6/);
  assert.match((await call('findings', { rule: 'debt/' })).content[0].text, /src\/dict\.c:9/);
});

test('nothing outside the project is read', async () => {
  for (const path of ['../outside.c', join(folder, 'outside.c'), '/etc/passwd', 'src/link.c', 'src/../../outside.c']) {
    const answer = await call('read_range', { path });
    assert.equal(answer.isError, true, path);
    assert.doesNotMatch(answer.content[0].text, /secret/);
  }
  assert.equal((await call('search', { query: 'secret', mode: 'text' })).structuredContent.total, 0);
});

test('wrong arguments come back as an error the model can read, an unknown tool as one of the protocol', async () => {
  const answer = await call('search', { query: 'x', limit: 100000 });
  assert.equal(answer.isError, true);
  assert.match(answer.content[0].text, /limit/);
  await assert.rejects(call('write_file', {}), /unknown tool/);
  await assert.rejects(client.listResources(), /./);
});

test('an edit is seen', async () => {
  writeFileSync(join(project, 'src', 'extra.c'), 'int freshlyWritten(void) {\n    return 5;\n}\n');
  for (let tries = 0; tries < 200; ++tries) {
    const { hits } = (await call('search', { query: 'freshlyWritten' })).structuredContent;
    if (hits.length > 0) return assert.equal(hits[0].path, 'src/extra.c');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  assert.fail('the new file was never found');
});

test('a cancelled call is not answered and does no harm', async () => {
  const controller = new AbortController();
  const pending = call('search', { query: 'dictAdd' }, { signal: controller.signal });
  controller.abort('changed my mind');
  await assert.rejects(pending);
  assert.ok(await client.ping());
});

test('progress is told while a project is analysed first', async () => {
  const other = new Client({ name: 'exobrain-tests', version: '1.0.0' });
  await other.connect(new StdioClientTransport({ ...command('--project', project, '--project', folder), stderr: 'inherit' }));
  const steps = [];
  const { tools } = await other.listTools();
  assert.deepEqual(tools[0].inputSchema.properties.project.enum, ['project', folder.split('/').at(-1)]);
  await other.callTool({ name: 'list_files', arguments: {} }, undefined, { onprogress: (step) => steps.push(step.progress) });
  for (let i = 1; i < steps.length; ++i) assert.ok(steps[i] > steps[i - 1]);
  await other.close();
});

// Raw bytes, for what the client would never send.
function raw(input, args = ['--project', project]) {
  return new Promise((resolve) => {
    const { command: program, args: words } = command(...args);
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (err += data));
    child.on('close', (status) => resolve({ status, err, messages: out.split('\n').filter(Boolean).map((line) => JSON.parse(line)) }));
    child.stdin.end(input);
  });
}

test('what was asked before the input ends is answered, then it ends with 0', async () => {
  const { status, messages, err } = await raw(
    '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}\n' +
      '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"list_files","arguments":{}}}',
  );
  assert.equal(status, 0);
  assert.equal(err, '');
  assert.deepEqual(messages.map((message) => message.id), [1, 2]);
  assert.equal(messages[1].result.isError, false);
});

test('garbage is answered with the codes of JSON-RPC and does not end the conversation', async () => {
  const { status, messages } = await raw(`${'x'.repeat(5 << 20)}\n{\n7\n{"jsonrpc":"2.0","id":"p","method":"ping"}\n`);
  assert.equal(status, 0);
  assert.deepEqual(messages.map((message) => message.error?.code ?? message.id), [-32600, -32700, -32600, 'p']);
});

test('a batch of the older versions is answered one by one, an empty or a huge one refused', async () => {
  const many = JSON.stringify(Array.from({ length: 101 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'ping' })));
  const { status, messages } = await raw(
    `[{"jsonrpc":"2.0","id":1,"method":"ping"},3,{"jsonrpc":"2.0","id":2,"method":"nothing"}]\n[]\n${many}\n`,
  );
  assert.equal(status, 0);
  assert.deepEqual(messages.map((message) => message.error?.code ?? message.id), [1, -32600, -32601, -32600, -32600]);
});

test('bytes that are no text, deep nesting and odd members do no harm', async () => {
  const ping = '{"jsonrpc":"2.0","id":"p","method":"ping"}\n';
  const bad = Buffer.concat([
    Buffer.from([0, 255, 254, 10]),
    Buffer.from(`${'['.repeat(100000)}\n`),
    Buffer.from('{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}\n{"jsonrpc":"2.0","id":1,"method":7}\n'),
    Buffer.from('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":[1]}}\n'),
    Buffer.from('{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"search","arguments":[1]}}\n'),
    Buffer.from(ping),
  ]);
  const { status, messages } = await raw(bad);
  assert.equal(status, 0);
  assert.equal(messages.at(-1).id, 'p');
  assert.deepEqual(messages.slice(0, -1).map((message) => message.error.code), [-32700, -32700, -32600, -32600, -32600]);
});

test('a client that asks and never reads is not followed without end, and cannot keep the process alive', async () => {
  const { command: program, args } = command('--project', project);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  child.stdin.on('error', () => {}); // what was not taken
  child.stdin.write(
    '{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}\n',
  );
  const list = Array.from({ length: 1000 }, (_, id) => `{"jsonrpc":"2.0","id":${id},"method":"tools/list"}\n`).join('');
  for (let i = 0; i < 200; ++i) child.stdin.write(list);
  // Until it takes no more, which is either all or what it has room for.
  for (let still = 0, left = -1; still < 20 && child.stdin.writableLength > 0; ) {
    still = child.stdin.writableLength === left ? still + 1 : 0;
    left = child.stdin.writableLength;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const left = child.stdin.writableLength;
  child.kill(left > 0 ? 'SIGTERM' : 'SIGKILL');
  assert.ok(left > 0, 'all of it was taken in');
  assert.equal(await ended, 143);
});

test('a folder that is not there is told before anything is served', async () => {
  const { status, messages, err } = await raw('', ['--project', join(folder, 'nowhere')]);
  assert.notEqual(status, 0);
  assert.deepEqual(messages, []);
  assert.match(err, /nowhere/);
});

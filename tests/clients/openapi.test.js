// The document of the HTTP API: valid OpenAPI 3.1, and true. Every operation in it is called on a real server, each
// answer's status, type and body is held against it, and a member it does not name is a failure.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

import { World } from './support.js';

let world;
let api; // the document
let contract;
let project;
const called = new Map(); // "GET /path" → statuses seen
const complaints = []; // all of them are told at the end, not the first alone

// Members the document does not name are let through by JSON Schema; here they are not, unless it says so itself.
function closed(node) {
  if (Array.isArray(node)) return node.map(closed);
  if (node === null || typeof node !== 'object') return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  if (copy.properties && copy.type === 'object' && copy.additionalProperties === undefined)
    copy.unevaluatedProperties = false;
  return copy;
}

class Contract {
  constructor(document) {
    this.document = document;
    this.ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats(this.ajv);
    this.ajv.addSchema({ $id: 'api', components: closed(document.components) });
    this.compiled = new Map();
  }

  resolve(node) {
    while (node?.$ref) node = node.$ref.slice(2).split('/').reduce((at, name) => at[name.replaceAll('~1', '/')], this.document);
    return node;
  }

  operation(method, path) {
    for (const [template, item] of Object.entries(this.document.paths)) {
      const pattern = new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`);
      const name = method.toLowerCase();
      if (pattern.test(path) && item[name] && (template === path || !this.document.paths[path]?.[name]))
        return { key: `${method} ${template}`, operation: item[name] };
    }
    throw new Error(`no operation for ${method} ${path}`);
  }

  check(what, schema, value) {
    let validate = this.compiled.get(schema);
    if (!validate) {
      const text = JSON.stringify(closed(schema)).replaceAll('"#/components/', '"api#/components/');
      validate = this.ajv.compile(JSON.parse(text));
      this.compiled.set(schema, validate);
    }
    if (validate(value)) return;
    const found = validate.errors.map((e) => `${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`);
    throw new Error(`${what}:\n  ${[...new Set(found)].slice(0, 12).join('\n  ')}\n  in ${JSON.stringify(value).slice(0, 600)}`);
  }

  // Throws unless the document says that this may be answered.
  answer(method, path, status, type, body) {
    const { key, operation } = this.operation(method, path);
    called.set(key, (called.get(key) ?? new Set()).add(status));
    const response = this.resolve(operation.responses[status]);
    const what = `${key} → ${status}`;
    if (!response) throw new Error(`${what}: a status the document does not name: ${body.slice(0, 300)}`);
    if (!response.content) return assert.equal(body, '', `${what} has no body`);
    const [name, content] = Object.entries(response.content).find(([media]) => type.startsWith(media)) ?? [];
    if (!name) throw new Error(`${what}: of type ${type}, documented are ${Object.keys(response.content)}`);
    if (name.endsWith('json') && content.schema) this.check(what, content.schema, JSON.parse(body));
    if (name === 'text/event-stream')
      for (const line of body.split('\n'))
        if (line.startsWith('data: ') && line !== 'data: [DONE]') JSON.parse(line.slice(6));
  }
}

async function call(method, target, { body, status = 200, headers = {}, until } = {}) {
  const path = target.split('?')[0];
  const reply = await fetch(world.url + target, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  let text = '';
  if (until) {
    const decoder = new TextDecoder();
    for await (const piece of reply.body) {
      text += decoder.decode(piece, { stream: true });
      if (text.includes(until)) break;
    }
    text = text.slice(0, text.lastIndexOf('\n') + 1);
  } else {
    text = await reply.text();
  }
  assert.equal(reply.status, status, `${method} ${target}: ${text.slice(0, 300)}`);
  try {
    contract.answer(method, path, reply.status, reply.headers.get('content-type') ?? '', text);
  } catch (complaint) {
    complaints.push(complaint.message);
  }
  return text && (reply.headers.get('content-type') ?? '').includes('json') ? JSON.parse(text) : text;
}

before(async () => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'exobrain-openapi-')));
  mkdirSync(join(project, 'src'));
  const copied = Array.from({ length: 12 }, (_, i) => `    total += values[${i}] * weight(${i}) + offset;`).join('\n');
  const body = (name) => `int ${name}(const int* values, int offset) {\n    int total = 0;\n${copied}\n    return total;\n}\n`;
  writeFileSync(join(project, 'src', 'a.c'), `#include "a.h"\n\n${body('first')}\nint main(void) {\n    return first(0, 1); /* TODO: values */\n}\n`);
  writeFileSync(join(project, 'src', 'b.c'), `#include "a.h"\n\n${body('second')}\nvoid copy(char* to, const char* from) {\n    strcpy(to, from);\n}\n`);
  writeFileSync(join(project, 'src', 'a.h'), 'int first(const int* values, int offset);\nint weight(int of);\n');
  world = await World.create({
    models: ['echo', 'text:20:1', 'error:429', 'embed'],
    settings: { models: { default: 'echo', aliases: { quick: 'up/echo' } }, analysis: { roots: [project] } },
  });
  api = await (await fetch(`${world.url}/openapi.json`)).json();
  contract = new Contract(api);
});
after(async () => {
  await world?.close();
  if (project) rmSync(project, { recursive: true, force: true });
});

test('the document is valid OpenAPI, and says of each operation what a reader needs', async () => {
  const result = await new Validator().validate(structuredClone(api));
  assert.ok(result.valid, JSON.stringify(result.errors, null, 1));
  const ids = new Set();
  const used = JSON.stringify(api);
  const tags = new Set(api.tags.map((tag) => tag.name));
  for (const [path, item] of Object.entries(api.paths))
    for (const [method, operation] of Object.entries(item)) {
      if (method === 'parameters') continue;
      const what = `${method} ${path}`;
      assert.ok(operation.summary && !ids.has(operation.operationId), `${what}: a summary, an id of its own`);
      ids.add(operation.operationId);
      assert.ok(operation.tags.every((tag) => tags.has(tag)), `${what}: known tags`);
      assert.ok(Object.keys(operation.responses).some((status) => status.startsWith('2')), `${what}: a success`);
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((p) => contract.resolve(p));
      const named = parameters.filter((p) => p.in === 'path').map((p) => p.name).sort();
      assert.deepEqual(named, [...path.matchAll(/\{([^}]+)\}/g)].map((m) => m[1]).sort(), `${what}: parameters in the path`);
      assert.ok(parameters.every((p) => p.description && p.schema), `${what}: every parameter described`);
    }
  for (const group of ['schemas', 'responses', 'headers'])
    for (const name of Object.keys(api.components[group] ?? {}))
      assert.ok(used.includes(`"#/components/${group}/${name}"`), `${group}/${name} is used by nothing`);
});

test('a planted fault is seen', () => {
  const wrong = structuredClone(api);
  const schema = wrong.paths['/version'].get.responses[200].content['application/json'].schema;
  const other = new Contract(wrong);
  const target = other.resolve(schema);
  target.required = [...(target.required ?? []), 'planted'];
  assert.throws(() => other.answer('GET', '/version', 200, 'application/json', '{"version":"1"}'), /planted/);
  assert.throws(() => contract.answer('GET', '/version', 418, 'application/json', '{}'), /418/);
  assert.throws(() => contract.answer('GET', '/version', 200, 'text/html', ''), /text\/html/);
  assert.throws(() => contract.answer('GET', '/api/v1/cache', 200, 'application/json', '{"surprise":1}'), /surprise/);
  called.clear();
});

const messages = [{ role: 'user', content: 'hello' }];

test('models', async () => {
  const list = await call('GET', '/v1/models');
  assert.ok(list.data.length >= 2);
  await call('GET', `/v1/models/${encodeURIComponent('echo')}`);
  await call('GET', '/v1/models/none-such', { status: 404 });
  await call('POST', '/v1/chat/completions', { body: { model: 'echo', messages } });
  await call('POST', '/v1/chat/completions', { body: { model: 'echo', messages, stream: true } });
  await call('POST', '/v1/chat/completions', { body: { model: 'echo' }, status: 400 });
  await call('POST', '/v1/chat/completions', { body: '{"model":', status: 400 });
  await call('POST', '/v1/chat/completions', { body: { model: 'none-such', messages }, status: 404 });
  await call('POST', '/v1/responses', { body: { model: 'echo', input: 'hello' } });
  await call('POST', '/v1/responses', { body: { model: 'echo', input: 'hello', stream: true } });
  await call('POST', '/v1/responses', { body: { model: 'echo' }, status: 400 });
  const headers = { 'anthropic-version': '2023-06-01' };
  await call('POST', '/v1/messages', { body: { model: 'echo', max_tokens: 9, messages }, headers });
  await call('POST', '/v1/messages', { body: { model: 'echo', max_tokens: 9, messages, stream: true }, headers });
  await call('POST', '/v1/messages', { body: { model: 'echo', messages }, headers, status: 400 });
  await call('POST', '/v1/messages/count_tokens', { body: { model: 'echo', messages }, headers });
  await call('POST', '/v1/embeddings', { body: { model: 'echo', input: ['a', '中文'] } });
  await call('POST', '/v1/embeddings', { body: { model: 'echo' }, status: 400 });
});

test('sessions', async () => {
  const session = await call('POST', '/api/v1/sessions', { body: { title: '问题' }, status: 201 });
  const at = `/api/v1/sessions/${session.id}`;
  const none = '/api/v1/sessions/s_00000000000000000000000000';
  await call('GET', at);
  await call('GET', none, { status: 404 });
  await call('PATCH', at, { body: { pinned: true, title: '新的' } });
  await call('PATCH', at, { body: { pinned: 'yes' }, status: 400 });
  await call('POST', `${at}/messages`, { body: { content: '你好 world' } });
  await call('POST', `${at}/messages`, { body: {}, status: 400 });
  await call('POST', `${none}/messages`, { body: { content: 'x' }, status: 404 });
  const page = await call('GET', `${at}/messages`);
  const [asked, answered] = page.messages;
  await call('POST', `${at}/messages/${answered.id}/regenerate`, { body: {} });
  await call('POST', `${at}/messages/${asked.id}/edit`, { body: { content: 'another' } });
  await call('POST', `${at}/cancel`, { body: {} });
  await call('GET', '/api/v1/sessions?limit=1');
  await call('GET', '/api/v1/sessions?limit=none', { status: 400 });
  await call('GET', '/api/v1/search?q=' + encodeURIComponent('你好'));
  await call('GET', '/api/v1/search?q=x&limit=none', { status: 400 });
  await call('GET', `${at}/export?format=md`);
  const exported = await call('GET', `${at}/export?format=json`);
  await call('POST', '/api/v1/import', { body: exported });
  await call('POST', '/api/v1/import', { body: '[', status: 400 });
  await call('DELETE', at, { status: 204 });
  await call('POST', `${at}/restore`, { body: {} });
  await call('DELETE', none, { status: 404 });
});

test('the service', async () => {
  for (const path of ['/api/v1/status', '/healthz', '/readyz', '/version', '/openapi.json', '/api/v1/cache', '/api/v1/breakers',
    '/api/v1/metrics', '/api/v1/metrics/history', '/api/v1/alerts', '/api/v1/log', '/metrics'])
    await call('GET', path);
  await call('POST', '/api/v1/cache/purge', { body: {} });
  await call('GET', '/api/v1/metrics/history?range=yesterday', { status: 400 });
  await call('GET', '/api/v1/metrics/stream', { until: '\n\n' });
});

test('analysis', async () => {
  const started = await call('POST', '/api/v1/analyses', { body: { path: project }, status: 202 });
  const at = `/api/v1/analyses/${started.id}`;
  await call('GET', `${at}/events`);
  const ended = await call('GET', at);
  assert.equal(ended.status, 'done', JSON.stringify(ended));
  await call('GET', '/api/v1/analyses');
  for (const list of ['files', 'symbols', 'metrics', 'duplicates', 'findings', 'hotspots', 'skipped', 'graph?kind=include',
    'graph?kind=call', 'neighbours?kind=include&path=src/a.c', 'neighbours?kind=call&path=src/a.c&name=first',
    'references?name=first', 'callers?name=first', 'file?path=src/a.c', 'source?path=src/a.c', 'sarif', 'html'])
    await call('GET', `${at}/${list}`);
  await call('GET', `${at}/file?path=none`, { status: 404 });
  await call('GET', `${at}/graph?kind=none`, { status: 400 });
  await call('GET', `${at}/neighbours?kind=none`, { status: 400 });
  await call('POST', '/api/v1/analyses', { body: {}, status: 400 });
  await call('GET', '/api/v1/analyses/a_none', { status: 404 });
  await call('DELETE', at, { status: 204 });
});

test('every answer was as the document says, and no operation was left out', () => {
  assert.equal(complaints.join('\n'), '');
  const all = Object.entries(api.paths).flatMap(([path, item]) =>
    Object.keys(item).filter((method) => method !== 'parameters').map((method) => `${method.toUpperCase()} ${path}`));
  assert.deepEqual(all.filter((key) => ![...(called.get(key) ?? [])].some((status) => status < 300)), []);
});

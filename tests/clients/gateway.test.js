// What the gateway adds to every API, seen by the official clients: idempotent repeats, embeddings in batches, the list of
// models, the assistant that stands in, and who is told to try again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

import { World } from './support.js';

const ask = (content) => [{ role: 'user', content }];
const assistant = /^(Local assistant|本地助手)/;
let world;
let client;

const openAi = (world, options = {}) =>
  new OpenAI({ baseURL: `${world.url}/v1`, apiKey: 'none needed on loopback', maxRetries: 0, ...options });
const anthropic = (world, options = {}) =>
  new Anthropic({ baseURL: world.url, apiKey: 'none needed on loopback', maxRetries: 0, ...options });

before(async () => {
  world = await World.create({
    models: ['echo', 'text:20', 'cut:2', 'late:300', 'embedder', 'status:429'],
    settings: { models: { aliases: { fast: 'echo' } }, limits: { requestTimeout: 3000 } },
  });
  client = openAi(world);
});
after(() => world?.close());

async function failureOf(promise) {
  try {
    await promise;
  } catch (failure) {
    return failure;
  }
  return assert.fail('it should have failed');
}

// Counts what a client really sends.
function counting(options = {}) {
  const counter = { requests: 0 };
  counter.options = {
    ...options,
    fetch: (...call) => {
      counter.requests += 1;
      return fetch(...call);
    },
  };
  return counter;
}

const upstreamCalls = async () => (await world.requests()).length;

test('a repeated call with its Idempotency-Key is the same answer and no second call', async () => {
  const headers = { 'Idempotency-Key': 'pay-once' };
  const body = { model: 'echo', temperature: 1, messages: ask('once') };
  const before = await upstreamCalls();
  const first = await client.chat.completions.create(body, { headers });
  const { data, response } = await client.chat.completions.create(body, { headers }).withResponse();
  assert.deepEqual({ ...data, _request_id: null }, { ...first, _request_id: null });
  assert.equal(response.headers.get('idempotency-replayed'), 'true');
  assert.equal((await upstreamCalls()) - before, 1);
  const reused = await failureOf(client.chat.completions.create({ ...body, messages: ask('twice') }, { headers }));
  assert.ok(reused instanceof OpenAI.UnprocessableEntityError, String(reused));
  assert.equal(reused.code, 'idempotency_key_reused');
});

test('two equal calls at once share one, whole and streamed, on every route', async () => {
  const headers = (name) => ({ 'Idempotency-Key': name });
  const streamed = async (name) => {
    const stream = await client.chat.completions.create(
      { model: 'late:300', temperature: 1, messages: ask('a b c'), stream: true }, { headers: headers(name) });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return chunks;
  };
  const message = { model: 'late:300', max_tokens: 50, temperature: 1, messages: ask('hi') };
  const calls = [
    () => client.chat.completions.create({ model: 'late:300', temperature: 1, messages: ask('x') }, { headers: headers('a') }),
    () => streamed('b'),
    () => anthropic(world).messages.create(message, { headers: headers('c') }),
    () => anthropic(world).messages.stream(message, { headers: headers('d') }).finalMessage(),
    () => client.responses.create({ model: 'late:300', temperature: 1, input: 'x' }, { headers: headers('e') }),
  ];
  for (const call of calls) {
    const before = await upstreamCalls();
    const [one, other] = await Promise.all([call(), call()]);
    const bare = (answer) => JSON.stringify(answer, (key, value) => (key === '_request_id' || key === 'request_id' ? undefined : value));
    assert.equal(bare(one), bare(other));
    assert.equal((await upstreamCalls()) - before, 1, call.toString());
  }
});

test('a broken stream is not what its key stands for', async () => {
  const read = async () => {
    const stream = await client.chat.completions.create(
      { model: 'cut:2', messages: ask('one two three'), stream: true }, { headers: { 'Idempotency-Key': 'broken' } });
    for await (const chunk of stream) assert.ok(chunk);
  };
  const before = await upstreamCalls();
  await failureOf(read());
  const calls = (await upstreamCalls()) - before;
  await failureOf(read());
  assert.ok((await upstreamCalls()) - before > calls, 'the second is a call of its own');
});

test('embeddings: as many as one likes, in their order, and cached', async () => {
  const input = Array.from({ length: 5000 }, (_, i) => `text number ${i}`);
  const before = await upstreamCalls();
  const many = await client.embeddings.create({ model: 'embedder', input });
  assert.equal(many.data.length, 5000);
  many.data.forEach((item, i) => assert.equal(item.index, i));
  assert.equal((await upstreamCalls()) - before, 3);
  const { data, response } = await client.embeddings
    .create({ model: 'embedder', input: [input[4711], input[0]] }).withResponse();
  assert.equal(response.headers.get('x-exobrain-cache'), 'HIT');
  assert.deepEqual(data.data[0].embedding, many.data[4711].embedding);
  assert.deepEqual(data.data[1].embedding, many.data[0].embedding);
  const plain = await client.embeddings.create({ model: 'embedder', input: input[0], encoding_format: 'float' });
  assert.deepEqual(plain.data[0].embedding.map(Math.fround), many.data[0].embedding);
  assert.equal((await upstreamCalls()) - before, 3);
});

test('models and aliases are listed to the clients of both families', async () => {
  const ids = [];
  for await (const model of anthropic(world).models.list()) ids.push(model.id);
  for (const id of ['echo', 'fast', 'exobrain-local']) assert.ok(ids.includes(id), ids.join());
  assert.equal((await anthropic(world).models.retrieve('fast')).type, 'model');
  assert.equal((await client.models.retrieve('fast')).object, 'model');
  assert.equal((await client.models.retrieve('up/echo')).id, 'up/echo');
  const answer = await client.chat.completions.create({ model: 'fast', messages: ask('by another name') });
  assert.equal(answer.choices[0].message.content, 'by another name');
});

test('with no provider the assistant stands in, marked, on every route', async () => {
  const alone = await World.create({ providers: [] });
  try {
    const marked = async (call) => {
      const { data, response } = await call.withResponse();
      assert.equal(response.headers.get('x-exobrain-fallback'), 'simplified');
      return data;
    };
    const user = openAi(alone);
    const chat = await marked(user.chat.completions.create({ model: 'gpt-4o', messages: ask('Where do I begin?') }));
    assert.equal(chat.model, 'exobrain-local');
    assert.match(chat.choices[0].message.content, assistant);
    let text = '';
    for await (const chunk of await marked(user.chat.completions.create(
      { model: 'gpt-4o', messages: ask('Where do I begin?'), stream: true }))) {
      assert.equal(chunk.model, 'exobrain-local');
      text += chunk.choices[0]?.delta.content ?? '';
    }
    assert.match(text, assistant);
    const message = await marked(anthropic(alone).messages.create(
      { model: 'claude-x', max_tokens: 500, messages: ask('Where do I begin?') }));
    assert.equal(message.model, 'exobrain-local');
    assert.match(message.content[0].text, assistant);
    const streamed = await anthropic(alone).messages
      .stream({ model: 'claude-x', max_tokens: 500, messages: ask('Where do I begin?') }).finalMessage();
    assert.equal(streamed.model, 'exobrain-local');
    assert.match(streamed.content[0].text, assistant);
    const response = await marked(user.responses.create({ model: 'gpt-4o', input: 'Where do I begin?' }));
    assert.equal(response.model, 'exobrain-local');
    assert.match(response.output_text, assistant);
  } finally {
    await alone.close();
  }
});

test('with the assistant off: 503 with Retry-After, and no client asks twice', async () => {
  const off = await World.create({ providers: [], settings: { fallback: { simplifiedResponse: false } } });
  try {
    const counter = counting({ maxRetries: 2 });
    const user = openAi(off, counter.options);
    const claude = anthropic(off, counter.options);
    const calls = [
      () => user.chat.completions.create({ model: 'm', messages: ask('?') }),
      () => user.chat.completions.create({ model: 'm', messages: ask('?'), stream: true }),
      () => user.responses.create({ model: 'm', input: '?' }),
      () => user.embeddings.create({ model: 'm', input: '?' }),
      () => claude.messages.create({ model: 'm', max_tokens: 9, messages: ask('?') }),
      () => claude.messages.create({ model: 'm', max_tokens: 9, messages: ask('?'), stream: true }),
    ];
    for (const [i, call] of calls.entries()) {
      const failure = await failureOf(call());
      assert.equal(failure.status, 503, `${i}: ${failure}`);
      assert.match(failure.headers.get('retry-after'), /^\d+$/);
      assert.equal(failure.headers.get('x-should-retry'), 'false');
      assert.equal(counter.requests, i + 1);
    }
  } finally {
    await off.close();
  }
});

test('when the breaker of the only target is open the assistant stands in, and the breaker is shown', async () => {
  const failing = await World.create({
    models: ['status:503'], settings: { circuitBreaker: { minimumCalls: 2, failureThreshold: 50 } },
  });
  try {
    const user = openAi(failing);
    const call = () => user.chat.completions.create({ model: 'status:503', messages: ask('anyone?') });
    for (let i = 0; i < 3; ++i) await call().catch((failure) => assert.ok(failure.status >= 500));
    const { data, response } = await call().withResponse();
    assert.equal(response.headers.get('x-exobrain-fallback'), 'simplified');
    assert.match(data.choices[0].message.content, assistant);
    const { breakers } = await (await fetch(`${failing.url}/api/v1/breakers`)).json();
    assert.equal(breakers[0].state, 'open');
    assert.ok(breakers[0].retryAt);
  } finally {
    await failing.close();
  }
});

test('our own limit may be waited for; what an upstream refused for good is not asked again', async () => {
  const counter = counting({ maxRetries: 2 });
  const refused = await failureOf(
    openAi(world, counter.options).chat.completions.create({ model: 'status:429', messages: ask('?') }));
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get('x-should-retry'), 'false');
  assert.equal(counter.requests, 1);

  const limited = await World.create({ models: ['echo'], settings: { rateLimit: { maxRequests: 2 } } });
  try {
    const user = openAi(limited);
    for (let i = 0; i < 2; ++i) await user.models.list();
    const failure = await failureOf(user.models.list());
    assert.ok(failure instanceof OpenAI.RateLimitError, String(failure));
    assert.equal(failure.headers.get('x-should-retry'), null);
    assert.equal(failure.headers.get('x-exobrain-limit'), 'address');
    const wait = Number(failure.headers.get('retry-after-ms'));
    assert.ok(wait > 0 && wait <= 60000, String(wait));
    assert.equal(Number(failure.headers.get('retry-after')), Math.ceil(wait / 1000));
    const message = await failureOf(anthropic(limited).messages.create({ model: 'echo', max_tokens: 9, messages: ask('?') }));
    assert.ok(message instanceof Anthropic.RateLimitError, String(message));
    assert.equal(message.error.error.type, 'rate_limit_error');
  } finally {
    await limited.close();
  }
});

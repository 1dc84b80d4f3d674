// What people do with the official OpenAI client, done to `exobrain serve`.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import OpenAI from 'openai';

import { World } from './support.js';

const models = ['echo', 'text:20', 'text:5000:5', 'tools', 'reasoning', 'status:500', 'status:429', 'quota',
  'context-overflow', 'content-filter', 'silent', 'cut:2', 'embedder'];
const weather = {
  type: 'function',
  function: { name: 'lookUpWeather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};
let world;
let client;

before(async () => {
  world = await World.create({ models, settings: { limits: { requestTimeout: 1500 } } });
  client = new OpenAI({ baseURL: `${world.url}/v1`, apiKey: 'none needed on loopback', maxRetries: 0 });
});
after(() => world?.close());

const ask = (content) => [{ role: 'user', content }];

async function failureOf(promise) {
  try {
    await promise;
  } catch (failure) {
    return failure;
  }
  return assert.fail('it should have failed');
}

test('lists the configured models and the local assistant', async () => {
  const ids = [];
  for await (const model of await client.models.list()) ids.push(model.id);
  assert.ok(ids.includes('echo'), ids.join());
  assert.ok(ids.includes('exobrain-local'), ids.join());
  const one = await client.models.retrieve('echo');
  assert.equal(one.id, 'echo');
  assert.equal(one.object, 'model');
  assert.equal((await failureOf(client.models.retrieve('nothing'))).code, 'model_not_found');
});

test('answers a completion with usage, ids and where it came from', async () => {
  const { data, response } = await client.chat.completions
    .create({ model: 'echo', messages: ask('Hello 世界') })
    .withResponse();
  assert.equal(data.object, 'chat.completion');
  assert.equal(data.choices[0].message.content, 'Hello 世界');
  assert.equal(data.choices[0].message.role, 'assistant');
  assert.equal(data.choices[0].finish_reason, 'stop');
  assert.equal(data.usage.total_tokens, data.usage.prompt_tokens + data.usage.completion_tokens);
  assert.ok(data.usage.completion_tokens > 0);
  assert.ok(data._request_id);
  assert.equal(data._request_id, response.headers.get('x-request-id'));
  assert.equal(response.headers.get('x-exobrain-provider'), 'up');
  assert.equal(response.headers.get('x-exobrain-model'), 'echo');
  assert.equal(response.headers.get('x-exobrain-attempts'), '1');
});

test('keeps the request id a client chose', async () => {
  const { response } = await client.chat.completions
    .create({ model: 'echo', messages: ask('hi') }, { headers: { 'x-request-id': 'my-own-id-42' } })
    .withResponse();
  assert.equal(response.headers.get('x-request-id'), 'my-own-id-42');
});

test('passes parameters on and keeps its own headers to itself', async () => {
  await client.chat.completions.create({ model: 'echo', messages: ask('hi'), temperature: 0.25, max_tokens: 77, seed: 5 });
  const last = (await world.requests()).at(-1);
  assert.equal(last.body.temperature, 0.25);
  assert.equal(last.body.max_tokens, 77);
  assert.equal(last.body.seed, 5);
  assert.equal(last.headers.authorization, undefined, 'the key of a client is not the key of the upstream');
});

test('streams: role first, one finish reason, usage when asked', async () => {
  const stream = await client.chat.completions.create({
    model: 'text:20', messages: ask('count'), stream: true, stream_options: { include_usage: true },
  });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  assert.equal(chunks[0].choices[0].delta.role, 'assistant');
  const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
  assert.equal(text, Array.from({ length: 20 }, (_, i) => `word${i + 1}`).join(' '));
  assert.deepEqual(chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter(Boolean), ['stop']);
  assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1);
  assert.deepEqual(chunks.at(-1).choices, []);
  assert.equal(chunks.at(-1).usage.completion_tokens, 20);
  assert.ok(chunks.slice(0, -1).every((chunk) => chunk.usage === null));
});

test('streams without a usage chunk when it was not asked for', async () => {
  const stream = await client.chat.completions.create({ model: 'text:20', messages: ask('count'), stream: true });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  assert.ok(chunks.every((chunk) => chunk.choices.length === 1 && !chunk.usage));
});

test('serves the stream helper of the client', async () => {
  const runner = client.chat.completions.stream({ model: 'echo', messages: ask('via the helper') });
  assert.equal(await runner.finalContent(), 'via the helper');
});

test('calls tools, whole and streamed', async () => {
  const whole = await client.chat.completions.create({ model: 'tools', messages: ask('weather?'), tools: [weather] });
  const call = whole.choices[0].message.tool_calls[0];
  assert.equal(whole.choices[0].finish_reason, 'tool_calls');
  assert.equal(call.function.name, 'lookUpWeather');
  assert.deepEqual(JSON.parse(call.function.arguments), { city: '杭州' });

  const runner = client.chat.completions.stream({ model: 'tools', messages: ask('weather?'), tools: [weather] });
  const message = await runner.finalMessage();
  assert.equal(message.tool_calls[0].function.name, 'lookUpWeather');
  assert.deepEqual(JSON.parse(message.tool_calls[0].function.arguments), { city: '杭州' });

  const answered = await client.chat.completions.create({
    model: 'echo',
    messages: [...ask('weather?'), whole.choices[0].message,
      { role: 'tool', tool_call_id: call.id, content: 'rain' }, { role: 'user', content: 'so?' }],
  });
  assert.equal(answered.choices[0].message.content, 'so?');
});

test('makes embeddings, in both encodings the same', async () => {
  const plain = await client.embeddings.create({ model: 'embedder', input: ['one', 'two'] });
  assert.equal(plain.data.length, 2);
  assert.equal(plain.data[0].embedding.length, 8);
  const floats = await client.embeddings.create({ model: 'embedder', input: ['one', 'two'], encoding_format: 'float' });
  floats.data[1].embedding.forEach((value, i) => assert.ok(Math.abs(value - plain.data[1].embedding[i]) < 1e-6));
  assert.notDeepEqual(plain.data[0].embedding, plain.data[1].embedding);
});

test('a client that aborts stops the upstream', async () => {
  const controller = new AbortController();
  const stream = await client.chat.completions.create(
    { model: 'text:5000:5', messages: ask('long') , stream: true }, { signal: controller.signal });
  let seen = 0;
  for await (const chunk of stream) {
    seen += chunk.choices[0]?.delta.content ? 1 : 0;
    if (seen === 3) controller.abort();
  }
  assert.ok(seen < 1000);
  assert.equal(await world.lastOutcome(), 'client-closed');
});

test('a client that aborts before the first byte stops the upstream', async () => {
  const controller = new AbortController();
  const pending = client.chat.completions.create({ model: 'silent', messages: ask('?') }, { signal: controller.signal });
  setTimeout(() => controller.abort(), 300);
  assert.ok((await failureOf(pending)) instanceof OpenAI.APIUserAbortError);
  assert.equal(await world.lastOutcome(), 'client-closed');
});

test('gives each failure its class, status and code', async () => {
  const cases = [
    ['no-such-model', OpenAI.NotFoundError, 404, 'model_not_found', 'model'],
    ['context-overflow', OpenAI.BadRequestError, 400, 'context_length_exceeded', null],
    ['content-filter', OpenAI.BadRequestError, 400, 'content_filter', null],
    ['quota', OpenAI.RateLimitError, 429, 'insufficient_quota', null],
    ['status:429', OpenAI.RateLimitError, 429, 'rate_limit_exceeded', null],
    ['status:500', OpenAI.InternalServerError, 502, 'upstream_error', null],
    ['silent', OpenAI.InternalServerError, 504, 'upstream_timeout', null],
  ];
  for (const [model, kind, status, code, param] of cases) {
    for (const stream of [false, true]) {
      const failure = await failureOf(client.chat.completions.create({ model, messages: ask('?'), stream }));
      assert.ok(failure instanceof kind, `${model}: ${failure}`);
      assert.equal(failure.status, status, model);
      assert.equal(failure.code, code, model);
      assert.equal(failure.param ?? null, param, model);
      assert.ok(failure.requestID, model);
    }
  }
});

test('names the field that is wrong', async () => {
  const failure = await failureOf(client.chat.completions.create({ model: 'echo' }));
  assert.ok(failure instanceof OpenAI.BadRequestError);
  assert.equal(failure.param, 'messages');
});

test('tells a client that retries not to repeat what is already exhausted', async () => {
  const patient = new OpenAI({ baseURL: `${world.url}/v1`, apiKey: 'x', maxRetries: 2 });
  for (const model of ['quota', 'status:500']) {
    const before = (await world.requests()).length;
    await failureOf(patient.chat.completions.create({ model, messages: ask('?') }));
    const made = (await world.requests()).length - before;
    assert.ok(made <= 3, `${model}: one call of the client became ${made} of the upstream`);
  }
});

test('a stream that breaks is an error, never a short answer', async () => {
  const stream = await client.chat.completions.create({ model: 'cut:2', messages: ask('one two three four'), stream: true });
  let text = '';
  const reading = (async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  })();
  const failure = await failureOf(reading);
  assert.ok(failure instanceof OpenAI.APIError, String(failure));
  assert.equal(failure.code, 'stream_interrupted');
  assert.equal(text, 'one two');
});

test('answers forty streams at once', async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, async (_, i) => {
    const runner = client.chat.completions.stream({ model: 'echo', messages: ask(`stream number ${i}`) });
    return runner.finalContent();
  }));
  answers.forEach((answer, i) => assert.equal(answer, `stream number ${i}`));
});

test('as soon as a key exists, a key is needed', async () => {
  const guarded = await World.create({ models: ['echo'] });
  try {
    const secret = /exo_\w+/.exec(guarded.command('keys', 'create', '--name', 'test', '--json'))[0];
    const outcome = async (apiKey) => {
      const user = new OpenAI({ baseURL: `${guarded.url}/v1`, apiKey, maxRetries: 0 });
      return user.chat.completions.create({ model: 'echo', messages: ask('hi') });
    };
    await eventually(async () => assert.ok((await failureOf(outcome('exo_wrong'))) instanceof OpenAI.AuthenticationError));
    assert.equal((await failureOf(outcome('exo_wrong'))).code, 'invalid_api_key');
    assert.equal((await outcome(secret)).choices[0].message.content, 'hi');
  } finally {
    await guarded.close();
  }
});

// The running server learns of a key made by another process within a second.
async function eventually(check) {
  for (let tries = 0; ; ++tries) {
    try {
      return await check();
    } catch (failure) {
      if (tries === 50) throw failure;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
